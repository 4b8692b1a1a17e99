-- Lists the records of a kind, in the order of their ids.
-- KEYS 1: the prefix of all keys
-- ARGV 1: kind, 2: the sorted set that lists the kind, 3: the id after which to begin ('' from the start),
--   4: how many at most
-- Answers the id and the JSON of each; false in place of the JSON where the record is gone.

local p, after = KEYS[1], ARGV[3]
local answer = {}
local from = after == '' and '-' or '(' .. after
for _, id in ipairs(redis.call('ZRANGEBYLEX', p .. ARGV[2], from, '+', 'LIMIT', 0, ARGV[4])) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('GET', p .. ARGV[1] .. ':' .. id)
end
return answer
