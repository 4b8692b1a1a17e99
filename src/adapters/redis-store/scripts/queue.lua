-- Begins the scripts at home that queue deliveries, walk jobs or count: what their keys are called, and how they change.
-- KEYS 1: the prefix of home
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- Of the hash 'revocation:<id>' it reads 'scope', 'channelArn', 'floor' and 'createdAt', and keeps 'pending', 'delivered' and
-- 'failed', and where there is something to walk 'cursor' (until the end), 'walked' and 'done' (0 or 1).
local p = KEYS[1]
-- Stands for the budget of a job that finds channels of any: a list of viewers everywhere.
local ANY_BUDGET = '*'
-- A session is in the ledger so long after its issue at the latest: the store's longest timeout, and clocks that differ.
local ON_ITS_WAY_SECONDS = 30
local LANES = { 'urgent', 'bulk', 'alone' }
local DEVICE_LANES = { 'device', 'alone' }
-- Where a delivery may wait: what a newer device replaced is in lanes of its own, see ending.lua.
local function lanesOf(id) return string.sub(id, 1, 7) == 'device-' and DEVICE_LANES or LANES end
local function recordOf(id) return p .. 'revocation:' .. id end
local function queueOf(lane, budget) return p .. 'queue:' .. lane .. ':' .. budget end
local function jobsOf(budget) return p .. 'jobs:' .. budget end
local function budgetOf(arn) return string.match(arn, '^arn:aws:ivs:([^:]+:[^:]+):') end
local function memberOf(id, floor, arn, viewer) return id .. '|' .. floor .. '|' .. arn .. '|' .. viewer end

-- Lists the revocation under what its counts say: 'revocations:pending', 'revocations:failed'.
local function markState(id)
  local pending, failed, done = unpack(redis.call('HMGET', recordOf(id), 'pending', 'failed', 'done'))
  local isPending = tonumber(pending or '0') > 0 or done == '0'
  local isFailed = tonumber(failed or '0') > 0
  for list, isThere in pairs({ pending = isPending, failed = isFailed }) do
    local key = p .. 'revocations:' .. list
    if isThere then redis.call('ZADD', key, 0, id) else redis.call('ZREM', key, id) end
  end
end

-- Adds to the counts of a revocation that is there. Each may be 0 or below.
local function count(id, pending, delivered, failed)
  local record = recordOf(id)
  -- What a newer device replaced is counted for no revocation.
  if redis.call('HEXISTS', record, 'scope') == 0 then return end
  if pending ~= 0 then redis.call('HINCRBY', record, 'pending', pending) end
  if delivered ~= 0 then redis.call('HINCRBY', record, 'delivered', delivered) end
  if failed ~= 0 then redis.call('HINCRBY', record, 'failed', failed) end
  markState(id)
end

-- Puts a delivery into a lane ('urgent', 'bulk' or 'alone'), due at a time in ms. Answers how many that makes more, 1 or 0, to
-- be counted as pending. 'formerFloor' (or nil) is the floor with which it may wait already, and then waits no longer.
local function enqueue(lane, budget, id, floor, arn, viewer, due, formerFloor)
  local gone = 0
  if formerFloor and tonumber(formerFloor) ~= tonumber(floor) then
    local former = memberOf(id, formerFloor, arn, viewer)
    for _, other in ipairs(LANES) do gone = gone + redis.call('ZREM', queueOf(other, budget), former) end
  end
  local member = memberOf(id, floor, arn, viewer)
  -- It may wait in another lane by now: whoever settles it there settles it once.
  for _, other in ipairs(LANES) do
    if other ~= lane and redis.call('ZSCORE', queueOf(other, budget), member) then return -gone end
  end
  redis.call('ZADD', p .. 'budgets', 'NX', 0, budget)
  return redis.call('ZADD', queueOf(lane, budget), 'NX', due, member) - gone
end

-- Begins the walk of a revocation whose record is written with its floor; again from the start when that was raised. 'budget'
-- is ANY_BUDGET for a list everywhere, 'now' is in ms.
local function startJob(budget, id, now)
  local record = recordOf(id)
  local scope, createdAt, floor = unpack(redis.call('HMGET', record, 'scope', 'createdAt', 'floor'))
  -- With the floor in it, whoever still walks for a lower one cannot move it.
  local cursor = floor .. '|'
  if scope == 'channel' then
    local nowSeconds, decidedAt = math.floor(now / 1000), tonumber(createdAt)
    local firstHour = math.floor((math.max(nowSeconds, decidedAt) + ALLOWANCE_SECONDS) / 3600)
    local knownBefore = math.min(nowSeconds, decidedAt) - ON_ITS_WAY_SECONDS
    cursor = string.format('%d|%d|%d|0|', firstHour, knownBefore, firstHour)
  end
  redis.call('HSET', record, 'cursor', cursor, 'walked', 0, 'done', 0)
  redis.call('ZADD', jobsOf(budget), now, id)
  if budget ~= ANY_BUDGET then redis.call('ZADD', p .. 'budgets', 'NX', 0, budget) end
  markState(id)
end

-- Forgets a budget that has nothing left to do.
local function dropIdle(budget)
  local keys = { jobsOf(budget), queueOf('device', budget) }
  for _, lane in ipairs(LANES) do keys[#keys + 1] = queueOf(lane, budget) end
  if redis.call('EXISTS', unpack(keys)) > 0 then return end
  redis.call('ZREM', p .. 'budgets', budget)
  redis.call('DEL', p .. 'turn:' .. budget)
end
