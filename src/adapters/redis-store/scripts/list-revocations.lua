-- Lists revocations, the newest first.
-- KEYS 1: the prefix of all keys
-- ARGV 1: the id after which to begin ('' from the newest), 2: how many at most
-- Answers the id and the fields of each as a flat list, which is empty where the record is gone.

local p, after = KEYS[1], ARGV[1]
local answer = {}
local from = after == '' and '+' or '(' .. after
for _, id in ipairs(redis.call('ZREVRANGEBYLEX', p .. 'revocations', from, '-', 'LIMIT', 0, ARGV[2])) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGETALL', p .. 'revocation:' .. id)
end
return answer
