-- Begins scripts that have IVS end sessions of a viewer on one channel which a newer device replaced.
-- KEYS 1: the prefix of home or of a cell
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- Queues it, in place of one that waits for this viewer there. Its record has nothing but when it was decided and up to which
-- version, so that it is sent, listed nowhere and counted for no revocation.
local function endReplaced(home, arn, viewer, floor)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local id = 'device-' .. redis.sha1hex(arn .. '|' .. viewer)
  local record, budget = home .. 'revocation:' .. id, string.match(arn, '^arn:aws:ivs:([^:]+:[^:]+):')
  local former = redis.call('HGET', record, 'floor')
  if former then
    if tonumber(former) >= floor then return end
    for _, lane in ipairs({ 'device', 'alone' }) do
      redis.call('ZREM', home .. 'queue:' .. lane .. ':' .. budget, id .. '|' .. former .. '|' .. arn .. '|' .. viewer)
    end
  end
  redis.call('HSET', record, 'createdAt', time[1], 'floor', string.format('%d', floor))
  redis.call('EXPIRE', record, SESSION_SECONDS + 3600)
  redis.call('ZADD', home .. 'budgets', 'NX', 0, budget)
  local member = string.format('%s|%d|%s|%s', id, floor, arn, viewer)
  redis.call('ZADD', home .. 'queue:device:' .. budget, now, member)
end
