-- Takes deliveries of one region that are due, and keeps them and the region from others for a while.
-- KEYS 1: the prefix of all keys
-- ARGV 1: now (unix milliseconds), 2: how many at most, 3: for how long (milliseconds)
-- Answers false when nothing may be sent now; else the region, then id, draft as JSON, floor and member of each delivery.
--   The member is a channel ARN, or for a whole channel a viewer id.

local p = KEYS[1]
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
return false
