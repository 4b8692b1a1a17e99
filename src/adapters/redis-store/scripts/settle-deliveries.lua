-- Notes what became of claimed deliveries of one region, and when the region may be called again.
-- KEYS 1: the prefix of all keys
-- ARGV 1: now (unix milliseconds), 2: from one call of the region to the next (milliseconds), 3: region, then of each
--   delivery id, channelArn, viewerId and outcome: 'delivered', 'failed', or when to try again (unix milliseconds)
-- Answers 1.

local p = KEYS[1]
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
return 1
