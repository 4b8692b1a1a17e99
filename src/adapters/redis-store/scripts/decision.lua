-- Comes after queue.lua and audit.lua in the scripts at home that keep decisions: how their records are written, listed and forgotten.
-- KEYS 1: the prefix of home
-- ARGV none of its own
-- Answers nothing: the script that follows does.

local function viewersOf(id) return p .. 'viewers:' .. id end
local function channelScopeOf(arn) return p .. 'channel-scope:' .. arn end
local function timeMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function timeSeconds() return tonumber(redis.call('TIME')[1]) end
local function touchIntent(id) redis.call('ZADD', p .. 'intents', timeMs(), id) end

-- What is being done with a revocation, or with all blocks of a viewer ('lifting:' and the viewer); false when nothing is.
local function findIntentState(id)
  if string.sub(id, 1, 8) ~= 'lifting:' then return redis.call('HGET', recordOf(id), 'state') end
  return redis.call('EXISTS', p .. id) == 1 and 'lifting'
end

-- What became of a request before: nil when it is new and its key is now kept, else what to answer.
local function findEarlier(id, key, fingerprint)
  if key ~= '' then
    local name = p .. 'idempotency:' .. key
    local earlierId, asked = string.match(redis.call('GET', name) or '', '^(%S+) (.*)$')
    if earlierId and redis.call('EXISTS', recordOf(earlierId)) == 1 then
      if asked ~= fingerprint then return { 'key_reused' } end
      if earlierId ~= id then return { 'repeated', earlierId } end
    end
    redis.call('SET', name, id .. ' ' .. fingerprint, 'EX', IDEMPOTENCY_SECONDS)
  end
  if redis.call('EXISTS', recordOf(id)) == 1 then return { 'recorded', id } end
end

-- Gives a record and its list of viewers the life that follows from its block, of which 'blockedUntil' is the end ('' for none).
local function settleRecordLife(id, blockedUntil, now)
  local untilSecond, ends = tonumber(blockedUntil) or 0, '+inf'
  for _, key in ipairs({ recordOf(id), viewersOf(id) }) do
    if untilSecond >= NEVER then
      redis.call('PERSIST', key)
    else
      ends = math.max(now, untilSecond) + RECORD_SECONDS
      redis.call('EXPIREAT', key, ends)
    end
  end
  return ends
end

-- A record that nobody is told of yet, when 'state' is given. 'fields' are draft, scope, viewerId, channelArn, createdAt,
-- until, idempotency and audit.
local function writeRecord(id, state, fields)
  local record = recordOf(id)
  redis.call('HSET', record, 'pending', 0, 'delivered', 0, 'failed', 0, 'floor', 0, unpack(fields))
  if state then redis.call('HSET', record, 'state', state) end
end

-- The sorted sets besides 'revocations' that list a revocation of this scope.
local function listsOf(scope, arn, viewer)
  local lists = {}
  if arn ~= '' then lists[#lists + 1] = p .. 'revocations:channel:' .. arn end
  if viewer ~= '' then lists[#lists + 1] = p .. 'revocations:viewer:' .. viewer end
  if scope == 'viewers' or scope == 'viewers_on_channel' then lists[#lists + 1] = p .. 'revocations:lists' end
  return lists
end

-- How 'revocation-ends' names a revocation: with all that says where it is listed, as its record may be gone by then.
local function endingOf(id, scope, arn, viewer) return id .. '|' .. scope .. '|' .. arn .. '|' .. viewer end

local function unlist(ending)
  local id, scope, arn, viewer = string.match(ending, '^([^|]*)|([^|]*)|([^|]*)|(.*)$')
  redis.call('ZREM', p .. 'revocation-ends', ending)
  redis.call('ZREM', p .. 'revocations', id)
  for _, state in ipairs({ 'active', 'pending', 'failed' }) do redis.call('ZREM', p .. 'revocations:' .. state, id) end
  for _, list in ipairs(listsOf(scope, arn, viewer)) do redis.call('ZREM', list, id) end
  return id
end

-- Takes out of the lists what is over or too much, a few at a time.
local function forgetSome(now)
  local ends = p .. 'revocation-ends'
  for _, ending in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, 20)) do unlist(ending) end
  local tooMany = math.min(redis.call('ZCARD', p .. 'revocations') - MAX_LISTED, 20)
  if tooMany <= 0 then return end
  for _, ending in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now + RECORD_SECONDS, 'LIMIT', 0, tooMany)) do
    -- Its deliveries are over by then.
    local id = unlist(ending)
    for _, key in ipairs({ recordOf(id), viewersOf(id) }) do redis.call('EXPIRE', key, SESSION_SECONDS, 'LT') end
  end
end

-- Lists a decision that is made.
local function listDecision(id)
  local scope, viewer, arn, blockedUntil =
    unpack(redis.call('HMGET', recordOf(id), 'scope', 'viewerId', 'channelArn', 'until'))
  local now = timeSeconds()
  redis.call('ZADD', p .. 'revocations', 0, id)
  for _, list in ipairs(listsOf(scope, arn, viewer)) do redis.call('ZADD', list, 0, id) end
  if blockedUntil ~= '' then redis.call('ZADD', p .. 'revocations:active', 0, id) end
  redis.call('ZADD', p .. 'revocation-ends', settleRecordLife(id, blockedUntil, now), endingOf(id, scope, arn, viewer))
  forgetSome(now)
end

-- Keeps an entry of the audit with a record until what it tells of is done. Who asks for the same meanwhile changes nothing.
local function keepAudit(id, text)
  if text ~= '' then redis.call('HSETNX', recordOf(id), 'audit', text) end
end

-- Writes the entry that was kept.
local function takeAudit(id)
  local text = redis.call('HGET', recordOf(id), 'audit')
  if not text then return end
  redis.call('HDEL', recordOf(id), 'audit')
  writeAudit('change', text)
end

-- Notes that the block of a revocation is gone.
local function noteLifted(id)
  local record, now = recordOf(id), timeSeconds()
  local scope, viewer, arn = unpack(redis.call('HMGET', record, 'scope', 'viewerId', 'channelArn'))
  redis.call('HSET', record, 'lifted', 1)
  redis.call('HDEL', record, 'state')
  redis.call('ZREM', p .. 'intents', id)
  redis.call('ZREM', p .. 'revocations:active', id)
  takeAudit(id)
  redis.call('ZADD', p .. 'revocation-ends', 'XX', settleRecordLife(id, '', now), endingOf(id, scope, arn, viewer))
end

-- Drops what is over from a channel's scope, and gives it the life of what is left. The floor stays as long as a session from
-- before it may: a walk tells by it those who came later.
local function settleChannelLife(arn, now)
  local key, keepUntil = channelScopeOf(arn), 0
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local endsAt = tonumber(fields[i + 1]) + (fields[i] == 'floor' and FLOOR_SECONDS + SESSION_SECONDS or 0)
    if endsAt <= now then redis.call('HDEL', key, fields[i]) else keepUntil = math.max(keepUntil, endsAt) end
  end
  if keepUntil >= NEVER then redis.call('PERSIST', key) elseif keepUntil > 0 then redis.call('EXPIREAT', key, keepUntil) end
end
