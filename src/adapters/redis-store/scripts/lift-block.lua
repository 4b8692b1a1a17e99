-- Takes the block of a revocation away; its floor stays.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id, 2: now (unix seconds), 3: how long a floor and 4: a revocation's record lives (seconds)
-- Answers 1, or 0 when there is no such revocation.

local id, now, floorLife, recordLife = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local record = p .. 'revocation:' .. id
local draft, scope, viewer, arn = unpack(redis.call('HMGET', record, 'draft', 'scope', 'viewerId', 'channelArn'))
if not draft then return 0 end
if not scope then
  -- Written by an earlier build: the target stands in the draft alone.
  local target = cjson.decode(draft).target
  scope, viewer, arn = target.scope, target.viewerId or '', target.channelArn or ''
end
local key = scopeKey(scope, viewer, arn)
redis.call('HSET', record, 'lifted', 1)
redis.call('EXPIREAT', record, now + recordLife)
redis.call('ZADD', p .. 'revocation-ends', now + recordLife, id)
redis.call('HDEL', key, 'block:' .. id)
local keepUntil = now + 1
local fields = redis.call('HGETALL', key)
for i = 2, #fields, 2 do keepUntil = math.max(keepUntil, tonumber(fields[i])) end
if keepUntil < tonumber(NEVER) then redis.call('EXPIREAT', key, keepUntil + floorLife) end
return 1
