-- Records a revocation with its floor, its block and its deliveries.
-- KEYS 1: the prefix of all keys
-- ARGV 1: the draft as JSON, 2: id, 3: scope, 4: viewerId, 5: channelArn ('' for the half that the scope does not have),
--   6: the least floor, 7: second until which it blocks ('' for no block), 8: time of the decision (unix seconds),
--   9: how long a floor, 10: a revocation's record and 11: an entry of the ledger lives (seconds)
-- Answers the floor and the number of pending deliveries.

local draft, id, scope, viewer, arn = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local floor, blockedUntil, now = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8])
local floorLife, recordLife, sessionLife = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local key = scopeKey(scope, viewer, arn)

local function highestOverlappingFloor()
  if scope == 'viewer' then return math.max(top('viewer:' .. viewer), top('channels')) end
  if scope == 'channel' then return math.max(top('channel:' .. arn), top('viewers')) end
  return math.max(floorOf(key), floorOf(scopeKey('viewer', viewer)), floorOf(scopeKey('channel', '', arn)))
end

local function writeScope()
  redis.call('HSET', key, 'floor', floor)
  if blockedUntil ~= '' then redis.call('HSET', key, 'block:' .. id, blockedUntil) end
  local keepUntil = floor + floorLife
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local value = tonumber(fields[i + 1])
    if fields[i] ~= 'floor' and value <= now then redis.call('HDEL', key, fields[i]) end
    if value > keepUntil then keepUntil = value end
  end
  if keepUntil >= tonumber(NEVER) then redis.call('PERSIST', key) else redis.call('EXPIREAT', key, keepUntil) end
end

local function raiseTop(name)
  if top(name) < floor then redis.call('SET', p .. 'top:' .. name, floor, 'EXAT', floor + floorLife) end
end

local function raiseTops()
  if scope ~= 'channel' then raiseTop('viewer:' .. viewer) end
  if scope ~= 'viewer' then raiseTop('channel:' .. arn) end
  if scope == 'viewer' then raiseTop('viewers') end
  if scope == 'channel' then raiseTop('channels') end
end

local function regionOf(channelArn) return string.match(channelArn, '^arn:aws:ivs:([^:]+):') end

local function queue(region)
  redis.call('ZADD', p .. 'outbox:' .. region, 0, id)
  redis.call('ZADD', p .. 'outbox-regions', 'NX', 0, region)
  redis.call('EXPIRE', p .. 'pending:' .. id .. ':' .. region, recordLife)
end

local function queueChannel(channelArn)
  local region = regionOf(channelArn)
  redis.call('ZADD', p .. 'pending:' .. id .. ':' .. region, 0, channelArn)
  queue(region)
end

-- The crowd is taken over whole, which costs the same for any size. Whoever comes later is above this floor.
local function queueCrowd()
  local viewers, crowd = p .. 'channel-viewers:' .. arn, p .. 'pending:' .. id .. ':' .. regionOf(arn)
  redis.call('ZREMRANGEBYSCORE', viewers, '-inf', now - sessionLife)
  if redis.call('EXISTS', viewers) == 0 then return 0 end
  redis.call('RENAME', viewers, crowd)
  queue(regionOf(arn))
  return redis.call('ZCARD', crowd)
end

local function queueDeliveries()
  if scope == 'channel' then return queueCrowd() end
  local channels = { arn }
  if scope == 'viewer' then
    channels = redis.call('ZRANGEBYSCORE', p .. 'viewer-channels:' .. viewer, now - sessionLife, '+inf')
  end
  for _, channelArn in ipairs(channels) do queueChannel(channelArn) end
  return #channels
end

local function writeRecord(pending)
  local record = p .. 'revocation:' .. id
  redis.call('HSET', record, 'draft', draft, 'scope', scope, 'viewerId', viewer, 'channelArn', arn, 'floor', floor)
  redis.call('HSET', record, 'pending', pending, 'delivered', 0, 'failed', 0)
  local endsAt = '+inf'
  if blockedUntil ~= NEVER then
    endsAt = math.max(now, tonumber(blockedUntil) or 0) + recordLife
    redis.call('EXPIREAT', record, endsAt)
  end
  redis.call('ZADD', p .. 'revocations', 0, id)
  redis.call('ZADD', p .. 'revocation-ends', endsAt, id)
end

local function forgetEnded()
  for _, ended in ipairs(redis.call('ZRANGEBYSCORE', p .. 'revocation-ends', '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', p .. 'revocations', ended)
    redis.call('ZREM', p .. 'revocation-ends', ended)
  end
end

floor = math.max(floor, highestOverlappingFloor() + 1)
writeScope()
raiseTops()
local pending = queueDeliveries()
writeRecord(pending)
forgetEnded()
return { floor, pending }
