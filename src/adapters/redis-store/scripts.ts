/**
 * What Redis does atomically, as Lua. `docs/storage.md` describes every key.
 *
 * Each script gets the prefix of all keys as its one KEYS entry and builds the names of the others from it. The prefix holds
 * the hash tag, so in a cluster all of them live in the slot that Redis routed the call to.
 */

/** Shared by the scripts: names of keys, the state of a scope, and the floor under which a target's next floor may not stand. */
const prelude = `
local p = KEYS[1]
local NEVER = '9007199254740991'
local function scopeKey(scope, viewerId, channelArn)
  if scope == 'viewer_on_channel' then return p .. 'scope:viewer_on_channel:' .. channelArn .. '|' .. viewerId end
  if scope == 'viewer' then return p .. 'scope:viewer:' .. viewerId end
  return p .. 'scope:channel:' .. channelArn
end
local function overtakes(key, version, now)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local value = tonumber(fields[i + 1])
    if fields[i] == 'floor' and value >= version or fields[i] ~= 'floor' and value > now then return true end
  end
  return false
end
local function floorOf(key) return tonumber(redis.call('HGET', key, 'floor') or '0') end
local function top(name) return tonumber(redis.call('GET', p .. 'top:' .. name) or '0') end
`;

export const scripts = {
  /** ARGV: channelArn, viewerId, region. Answers channel, policy, active key pair, then each scope as a flat list of fields. */
  loadIssuance: {
    numberOfKeys: 1,
    lua: `${prelude}
local arn, viewer, region = ARGV[1], ARGV[2], ARGV[3]
local channel = redis.call('GET', p .. 'channel:' .. arn)
local policy = false
if channel then
  local id = cjson.decode(channel).policyId
  if type(id) == 'string' then policy = redis.call('GET', p .. 'policy:' .. id) end
end
return {
  channel, policy, redis.call('GET', p .. 'active-key-pair:' .. region),
  redis.call('HGETALL', scopeKey('viewer_on_channel', viewer, arn)),
  redis.call('HGETALL', scopeKey('viewer', viewer)),
  redis.call('HGETALL', scopeKey('channel', '', arn)),
}`,
  },

  /** ARGV: channelArn, viewerId, sessionVersion, issuedAt, lifetimeSeconds. Answers 1 when recorded, 0 when overtaken. */
  recordSession: {
    numberOfKeys: 1,
    lua: `${prelude}
local arn, viewer, version, now, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if overtakes(scopeKey('viewer_on_channel', viewer, arn), version, now)
  or overtakes(scopeKey('viewer', viewer), version, now)
  or overtakes(scopeKey('channel', '', arn), version, now) then return 0 end
local channels, viewers = p .. 'viewer-channels:' .. viewer, p .. 'channel-viewers:' .. arn
redis.call('ZADD', channels, now, arn)
redis.call('EXPIRE', channels, lifetime)
redis.call('ZADD', viewers, now, viewer)
redis.call('EXPIRE', viewers, lifetime)
redis.call('ZREMRANGEBYSCORE', viewers, '-inf', now - lifetime)
redis.call('ZREMRANGEBYSCORE', channels, '-inf', now - lifetime)
return 1`,
  },

  /**
   * ARGV: draft as JSON, id, scope, viewerId, channelArn, minimum floor, blocked until ('' for no block), createdAt,
   * floor lifetime, record lifetime, session lifetime. Answers the floor.
   */
  recordRevocation: {
    numberOfKeys: 1,
    lua: `${prelude}
local draft, id, scope, viewer, arn = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local floor, blockedUntil, now = tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8])
local floorLife, recordLife, sessionLife = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local key = scopeKey(scope, viewer, arn)

local overlapping
if scope == 'viewer_on_channel' then
  overlapping = math.max(floorOf(key), floorOf(scopeKey('viewer', viewer)), floorOf(scopeKey('channel', '', arn)))
elseif scope == 'viewer' then
  overlapping = math.max(top('viewer:' .. viewer), top('channels'))
else
  overlapping = math.max(top('channel:' .. arn), top('viewers'))
end
if overlapping + 1 > floor then floor = overlapping + 1 end

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

local function raise(name)
  if top(name) < floor then redis.call('SET', p .. 'top:' .. name, floor, 'EXAT', floor + floorLife) end
end
if scope ~= 'channel' then raise('viewer:' .. viewer) end
if scope ~= 'viewer' then raise('channel:' .. arn) end
if scope == 'viewer' then raise('viewers') end
if scope == 'channel' then raise('channels') end

local pending = 0
local function queue(region, count)
  redis.call('ZADD', p .. 'outbox:' .. region, 0, id)
  redis.call('ZADD', p .. 'outbox-regions', 'NX', 0, region)
  redis.call('EXPIRE', p .. 'pending:' .. id .. ':' .. region, recordLife)
  pending = pending + count
end
local function regionOf(channelArn) return string.match(channelArn, '^arn:aws:ivs:([^:]+):') end
if scope == 'viewer_on_channel' then
  redis.call('ZADD', p .. 'pending:' .. id .. ':' .. regionOf(arn), 0, arn)
  queue(regionOf(arn), 1)
elseif scope == 'viewer' then
  for _, channelArn in ipairs(redis.call('ZRANGEBYSCORE', p .. 'viewer-channels:' .. viewer, now - sessionLife, '+inf')) do
    redis.call('ZADD', p .. 'pending:' .. id .. ':' .. regionOf(channelArn), 0, channelArn)
    queue(regionOf(channelArn), 1)
  end
else
  -- The crowd is taken over whole, which costs the same for any size. Whoever comes later is above this floor.
  local viewers, crowd = p .. 'channel-viewers:' .. arn, p .. 'pending:' .. id .. ':' .. regionOf(arn)
  redis.call('ZREMRANGEBYSCORE', viewers, '-inf', now - sessionLife)
  if redis.call('EXISTS', viewers) == 1 then
    redis.call('RENAME', viewers, crowd)
    queue(regionOf(arn), redis.call('ZCARD', crowd))
  end
end

local record = p .. 'revocation:' .. id
redis.call('HSET', record, 'draft', draft, 'floor', floor, 'pending', pending, 'delivered', 0, 'failed', 0)
local endsAt = '+inf'
if blockedUntil ~= NEVER then
  endsAt = math.max(now, tonumber(blockedUntil) or 0) + recordLife
  redis.call('EXPIREAT', record, endsAt)
end
redis.call('ZADD', p .. 'revocations', 0, id)
redis.call('ZADD', p .. 'revocation-ends', endsAt, id)
for _, ended in ipairs(redis.call('ZRANGEBYSCORE', p .. 'revocation-ends', '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', p .. 'revocations', ended)
  redis.call('ZREM', p .. 'revocation-ends', ended)
end
return { floor, pending }`,
  },

  /** ARGV: id, scope, viewerId, channelArn, now, floor lifetime, record lifetime. Answers 1, or 0 when there is none. */
  liftBlock: {
    numberOfKeys: 1,
    lua: `${prelude}
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
return 1`,
  },

  /** ARGV: now, limit, lease (times in ms). Answers nothing, or the region and then id, draft, floor and member of each delivery. */
  claimDeliveries: {
    numberOfKeys: 1,
    lua: `${prelude}
local now, limit, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function claimFrom(region)
  local outbox, claimed = p .. 'outbox:' .. region, { region }
  local function take(id, most)
    local record = redis.call('HMGET', p .. 'revocation:' .. id, 'draft', 'floor')
    local pending = p .. 'pending:' .. id .. ':' .. region
    if record[1] and most > 0 then
      for _, member in ipairs(redis.call('ZRANGEBYSCORE', pending, '-inf', now, 'LIMIT', 0, most)) do
        redis.call('ZADD', pending, 'XX', now + lease, member)
        for _, value in ipairs({ id, record[1], record[2], member }) do claimed[#claimed + 1] = value end
      end
    end
    local nextUp = redis.call('ZRANGE', pending, 0, 0, 'WITHSCORES')
    if record[1] and nextUp[2] then
      redis.call('ZADD', outbox, math.max(tonumber(nextUp[2]), now), id)
    else
      redis.call('ZREM', outbox, id)
    end
  end
  -- Least recently served first, each its share and then what is left: a crowd does not keep a single viewer waiting.
  local due = redis.call('ZRANGEBYSCORE', outbox, '-inf', now, 'LIMIT', 0, limit)
  for _, id in ipairs(due) do take(id, math.floor(limit / #due)) end
  for _, id in ipairs(due) do take(id, limit - (#claimed - 1) / 4) end
  return claimed
end
for _, region in ipairs(redis.call('ZRANGE', p .. 'outbox-regions', 0, -1)) do
  if redis.call('EXISTS', p .. 'busy:' .. region) == 0 then
    local claimed = claimFrom(region)
    if redis.call('EXISTS', p .. 'outbox:' .. region) == 0 then redis.call('ZREM', p .. 'outbox-regions', region) end
    if #claimed > 1 then
      redis.call('SET', p .. 'busy:' .. region, now, 'PX', lease)
      redis.call('ZADD', p .. 'outbox-regions', 'XX', now, region)
      return claimed
    end
  end
end
return false`,
  },

  /**
   * ARGV: now and pace (ms), region, then for each delivery id, channelArn, viewerId, outcome ('delivered', 'failed' or the
   * ms at which to retry).
   */
  settleDeliveries: {
    numberOfKeys: 1,
    lua: `${prelude}
local now, pace, region = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local outbox, busy = p .. 'outbox:' .. region, p .. 'busy:' .. region
for i = 4, #ARGV, 4 do
  local id, arn, viewer, outcome = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local pending, record = p .. 'pending:' .. id .. ':' .. region, p .. 'revocation:' .. id
  local member = redis.call('ZSCORE', pending, arn) and arn or viewer
  if outcome ~= 'delivered' and outcome ~= 'failed' then
    redis.call('ZADD', pending, 'XX', outcome, member)
  elseif redis.call('ZREM', pending, member) == 1 and redis.call('EXISTS', record) == 1 then
    redis.call('HINCRBY', record, 'pending', -1)
    redis.call('HINCRBY', record, outcome, 1)
  end
  local nextUp = redis.call('ZRANGE', pending, 0, 0, 'WITHSCORES')[2]
  if not nextUp then
    redis.call('ZREM', outbox, id)
  else
    -- What is due already keeps its place in the line, which the claim gave it.
    local place = tonumber(redis.call('ZSCORE', outbox, id) or now)
    redis.call('ZADD', outbox, tonumber(nextUp) > now and nextUp or math.min(place, now), id)
    redis.call('ZADD', p .. 'outbox-regions', 'NX', now, region)
  end
end
local startedAt = tonumber(redis.call('GET', busy) or '0')
if startedAt + pace > now then redis.call('PEXPIRE', busy, startedAt + pace - now) else redis.call('DEL', busy) end
return 1`,
  },

  /** ARGV: kind, index, id, record as JSON. */
  putRecord: {
    numberOfKeys: 1,
    lua: `
redis.call('SET', KEYS[1] .. ARGV[1] .. ':' .. ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[1] .. ARGV[2], 0, ARGV[3])
return 1`,
  },

  /** ARGV: kind, index, id. Answers 1 when it was there. */
  deleteRecord: {
    numberOfKeys: 1,
    lua: `
redis.call('ZREM', KEYS[1] .. ARGV[2], ARGV[3])
return redis.call('DEL', KEYS[1] .. ARGV[1] .. ':' .. ARGV[3])`,
  },

  /** ARGV: channelArn, channel as JSON, policyId or ''. Answers 1, or 0 when the policy is not there. */
  putChannel: {
    numberOfKeys: 1,
    lua: `
local p, arn, policyId = KEYS[1], ARGV[1], ARGV[3]
if policyId ~= '' and redis.call('EXISTS', p .. 'policy:' .. policyId) == 0 then return 0 end
local before = redis.call('GET', p .. 'channel:' .. arn)
local oldId = before and cjson.decode(before).policyId
if type(oldId) == 'string' then redis.call('SREM', p .. 'policy-channels:' .. oldId, arn) end
if policyId ~= '' then redis.call('SADD', p .. 'policy-channels:' .. policyId, arn) end
redis.call('SET', p .. 'channel:' .. arn, ARGV[2])
redis.call('ZADD', p .. 'channels', 0, arn)
return 1`,
  },

  /** ARGV: channelArn. Answers 1 when it was there. */
  deleteChannel: {
    numberOfKeys: 1,
    lua: `
local p, arn = KEYS[1], ARGV[1]
local before = redis.call('GET', p .. 'channel:' .. arn)
if not before then return 0 end
local policyId = cjson.decode(before).policyId
if type(policyId) == 'string' then redis.call('SREM', p .. 'policy-channels:' .. policyId, arn) end
redis.call('ZREM', p .. 'channels', arn)
redis.call('DEL', p .. 'channel:' .. arn)
return 1`,
  },

  /** ARGV: policyId. Answers 'deleted', 'not_found' or 'in_use'. */
  deletePolicy: {
    numberOfKeys: 1,
    lua: `
local p, id = KEYS[1], ARGV[1]
if redis.call('EXISTS', p .. 'policy:' .. id) == 0 then return 'not_found' end
if redis.call('SCARD', p .. 'policy-channels:' .. id) > 0 then return 'in_use' end
redis.call('DEL', p .. 'policy:' .. id)
redis.call('ZREM', p .. 'policies', id)
return 'deleted'`,
  },

  /** ARGV: id, arn, fingerprint. Answers the record as JSON, or nothing when it is gone. */
  markImported: {
    numberOfKeys: 1,
    lua: `
local p, id = KEYS[1], ARGV[1]
local json = redis.call('GET', p .. 'key-pair:' .. id)
if not json then return false end
local pair = cjson.decode(json)
if pair.state == 'retiring' then return false end
local activeKey = p .. 'active-key-pair:' .. pair.region
redis.call('SET', activeKey, id, 'NX')
pair.arn, pair.fingerprint = ARGV[2], ARGV[3]
pair.state = redis.call('GET', activeKey) == id and 'active' or 'imported'
json = cjson.encode(pair)
redis.call('SET', p .. 'key-pair:' .. id, json)
return json`,
  },

  /** ARGV: id. Answers the record as JSON, or nothing when it is not there. The newest imported pair of the region takes its place. */
  retireKeyPair: {
    numberOfKeys: 1,
    lua: `
local p, id = KEYS[1], ARGV[1]
local json = redis.call('GET', p .. 'key-pair:' .. id)
if not json then return false end
local retired = cjson.decode(json)
retired.state = 'retiring'
json = cjson.encode(retired)
redis.call('SET', p .. 'key-pair:' .. id, json)
local activeKey = p .. 'active-key-pair:' .. retired.region
if redis.call('GET', activeKey) ~= id then return json end
redis.call('DEL', activeKey)
local heir
for _, other in ipairs(redis.call('ZRANGE', p .. 'key-pairs', 0, -1)) do
  local pair = cjson.decode(redis.call('GET', p .. 'key-pair:' .. other))
  if pair.region == retired.region and pair.state == 'imported' then heir = pair end
end
if heir then
  heir.state = 'active'
  redis.call('SET', p .. 'key-pair:' .. heir.id, cjson.encode(heir))
  redis.call('SET', activeKey, heir.id)
end
return json`,
  },

  /** ARGV: kind, index, after ('' from the start), limit. Answers id and JSON of each, in the order of the ids. */
  listRecords: {
    numberOfKeys: 1,
    lua: `
local p, after = KEYS[1], ARGV[3]
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYLEX', p .. ARGV[2], after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, ARGV[4])) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('GET', p .. ARGV[1] .. ':' .. id)
end
return answer`,
  },

  /** ARGV: after ('' from the newest), limit. Answers id and fields of each, the newest first. */
  listRevocations: {
    numberOfKeys: 1,
    lua: `
local p, after = KEYS[1], ARGV[1]
local answer = {}
for _, id in ipairs(redis.call('ZREVRANGEBYLEX', p .. 'revocations', after == '' and '+' or '(' .. after, '-', 'LIMIT', 0, ARGV[2])) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGETALL', p .. 'revocation:' .. id)
end
return answer`,
  },
} as const;
