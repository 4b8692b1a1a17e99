-- Gives back the pace of a budget on the batch lane for which nothing was found to send.
-- KEYS 1: the prefix of home
-- ARGV 1: budget, 2: the pace that was set
-- Answers 1, or 0 when another has claimed since.

local key = KEYS[1] .. 'pace:batch:' .. ARGV[1]
if redis.call('GET', key) ~= ARGV[2] then return 0 end
return redis.call('DEL', key)
