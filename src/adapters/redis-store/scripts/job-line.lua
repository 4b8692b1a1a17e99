-- Comes after queue.lua in the scripts that choose which job is walked next.
-- KEYS 1: the prefix of home
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- What jobs found and nobody has sent: no more is looked for while so many are due, or so many wait for whatever reason. What IVS
-- put off is among the latter alone, so that it keeps no other job from being walked. A job for any budget may have more waiting
-- too, while one budget is slow and another has nothing to do.
local MAX_DUE, MAX_WAITING = 200, 10000

-- Puts a member behind all others of a line, which is by ms last served. Two of the same ms still take turns.
local function serveLast(line, member, now)
  local last = redis.call('ZRANGE', line, -1, -1, 'WITHSCORES')
  if last[1] and last[1] ~= member then now = math.max(now, tonumber(last[2]) + 1) end
  redis.call('ZADD', line, 'XX', now, member)
end

-- The first of a line that may be walked, and when it was served; nil when there is none. Of it id, scope, channelArn, floor,
-- cursor and the budget of the line. Those before it that may not go behind all others.
local function firstOf(lineBudget, maxPending, now)
  local line = jobsOf(lineBudget)
  local ids = redis.call('ZRANGE', line, 0, 9, 'WITHSCORES')
  for i = 1, #ids, 2 do
    local id = ids[i]
    local scope, arn, floor, cursor, pending =
      unpack(redis.call('HMGET', recordOf(id), 'scope', 'channelArn', 'floor', 'cursor', 'pending'))
    if not cursor then
      redis.call('ZREM', line, id)
    elseif tonumber(pending or '0') < maxPending then
      return { id, scope, arn or '', floor or '0', cursor, lineBudget }, tonumber(ids[i + 1])
    else
      serveLast(line, id, now)
    end
  end
end

-- The job that was served least recently of those that may find something for a budget; nothing while enough waits there.
local function nextJob(budget, now)
  if budget == ANY_BUDGET then return (firstOf(ANY_BUDGET, MAX_DUE, now)) end
  local bulk = queueOf('bulk', budget)
  if redis.call('ZCOUNT', bulk, '-inf', now) >= MAX_DUE or redis.call('ZCARD', bulk) >= MAX_WAITING then return nil end
  local own, ownServedAt = firstOf(budget, math.huge, now)
  local any, anyServedAt = firstOf(ANY_BUDGET, MAX_WAITING, now)
  if own and any then return ownServedAt <= anyServedAt and own or any end
  return own or any
end
