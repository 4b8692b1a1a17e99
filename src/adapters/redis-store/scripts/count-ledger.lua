-- Counts how many entries a channel's ledger has in one cell. A viewer who got tokens in several hours has one in each.
-- KEYS 1: the prefix of the cell
-- ARGV 1: channel, 2: the oldest and 3: the newest hour
-- Answers the sum.

local sum = 0
for hour = tonumber(ARGV[2]), tonumber(ARGV[3]) do sum = sum + redis.call('ZCARD', ledgerKey(ARGV[1], hour)) end
return sum
