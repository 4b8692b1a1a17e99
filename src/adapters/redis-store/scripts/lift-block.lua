-- Takes the block of a revocation away; its floor stays.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id, 2: scope, 3: viewerId, 4: channelArn, 5: now (unix seconds),
--   6: how long a floor and 7: a revocation's record lives (seconds)
-- Answers 1, or 0 when there is no such revocation.

local id, key, now = ARGV[1], scopeKey(ARGV[2], ARGV[3], ARGV[4]), tonumber(ARGV[5])
local record = p .. 'revocation:' .. id
if redis.call('EXISTS', record) == 0 then return 0 end
redis.call('HSET', record, 'lifted', 1)
redis.call('EXPIREAT', record, now + tonumber(ARGV[7]))
redis.call('ZADD', p .. 'revocation-ends', now + tonumber(ARGV[7]), id)
redis.call('HDEL', key, 'block:' .. id)
local keepUntil = now + 1
for i, value in ipairs(redis.call('HGETALL', key)) do
  local until_ = i % 2 == 0 and tonumber(value) or 0
  if until_ > keepUntil then keepUntil = until_ end
end
if keepUntil < tonumber(NEVER) then redis.call('EXPIREAT', key, keepUntil + tonumber(ARGV[6])) end
return 1
