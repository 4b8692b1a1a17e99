-- Finds the sets of a channel's ledger in one cell that have members.
-- KEYS 1: the prefix of the cell
-- ARGV 1: channel, 2: the newest and 3: the oldest hour, 49 at most
-- Answers hour and size of each, the newest first, as a flat list.

local sets = {}
for hour = tonumber(ARGV[2]), tonumber(ARGV[3]), -1 do
  local size = redis.call('ZCARD', ledgerKey(ARGV[1], hour))
  if size > 0 then
    sets[#sets + 1] = hour
    sets[#sets + 1] = size
  end
end
return sets
