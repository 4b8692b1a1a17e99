-- Writes down viewers of a list that is to be decided about.
-- KEYS 1: the prefix of home
-- ARGV 1: id of the revocation, then the viewers, 200 at most
-- Answers how many there are by now; 0 when the revocation is gone, or decided by another.

local id = ARGV[1]
local record, list = recordOf(id), viewersOf(id)
if redis.call('HGET', record, 'state') ~= 'intent' then return 0 end
local scored = {}
for i = 2, #ARGV do
  scored[#scored + 1] = 0
  scored[#scored + 1] = ARGV[i]
end
redis.call('ZADD', list, unpack(scored))
settleRecordLife(id, redis.call('HGET', record, 'until'), timeSeconds())
touchIntent(id)
return redis.call('ZCARD', list)
