-- Takes deliveries of one budget that are due, and keeps them from others for a while.
-- KEYS 1: the prefix of home
-- ARGV 1: lane ('batch' or 'single'), 2: now, 3: how many, 200 at most, 4: the budget's pace on this lane, 5: for how long
--   (times in ms)
-- Answers false when nothing may be sent now; else the budget, the pace that was set ('' for none), member and time of the
--   decision of each delivery as a flat list, and the job to walk for more (see 'firstOf' in job-line.lua), or false.

local lane, now, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local pace, lease = tonumber(ARGV[4]), tonumber(ARGV[5])
-- The pace holds by the clocks of those who claim; the key is kept longer, as theirs and this one's differ.
local PACE_SLACK = 10000

local createdAts = {}
local function createdAtOf(id)
  if createdAts[id] == nil then createdAts[id] = redis.call('HGET', recordOf(id), 'createdAt') end
  return createdAts[id]
end

-- Takes at most so many that are due, the oldest or the newest of them, and drops those whose revocation is gone. Answers how
-- many it looked at.
local function take(queue, most, newestFirst, claimed)
  if most <= 0 then return 0 end
  local members
  if newestFirst then
    members = redis.call('ZREVRANGEBYSCORE', queue, now, '-inf', 'LIMIT', 0, most)
  else
    members = redis.call('ZRANGEBYSCORE', queue, '-inf', now, 'LIMIT', 0, most)
  end
  for _, member in ipairs(members) do
    local createdAt = createdAtOf(string.match(member, '^[^|]+'))
    if createdAt then
      redis.call('ZADD', queue, 'XX', now + lease, member)
      claimed[#claimed + 1] = member
      claimed[#claimed + 1] = createdAt
    else
      redis.call('ZREM', queue, member)
    end
  end
  return #members
end

local function left(claimed) return limit - #claimed / 2 end

-- One of 'alone' and one of 'urgent' in turns, over all claims of the budget.
local function takeInTurns(budget, claimed)
  local turn = p .. 'turn:' .. budget
  local nextLane = redis.call('GET', turn) or 'alone'
  local looks, idle = 0, 0
  while left(claimed) > 0 and idle < 2 and looks < 200 do
    looks = looks + 1
    idle = take(queueOf(nextLane, budget), 1, nextLane == 'urgent', claimed) == 0 and idle + 1 or 0
    nextLane = nextLane == 'alone' and 'urgent' or 'alone'
  end
  if #claimed > 0 then redis.call('SET', turn, nextLane) end
end

local function takeDue(budget)
  local claimed = {}
  if lane == 'single' then
    takeInTurns(budget, claimed)
  else
    take(queueOf('urgent', budget), limit, false, claimed)
  end
  -- Devices have the single calls that nobody else needs, and what jobs leave of the batches.
  if lane == 'single' and #claimed == 0 then take(queueOf('device', budget), left(claimed), false, claimed) end
  if lane == 'batch' or #claimed == 0 then take(queueOf('bulk', budget), left(claimed), false, claimed) end
  return claimed
end

for _, budget in ipairs(redis.call('ZRANGE', p .. 'budgets', 0, -1)) do
  local paceKey = p .. 'pace:' .. lane .. ':' .. budget
  if tonumber(redis.call('GET', paceKey) or '0') <= now then
    local claimed = takeDue(budget)
    local job = lane == 'batch' and left(claimed) > 0 and nextJob(budget, now) or false
    if lane == 'batch' and not job then take(queueOf('device', budget), left(claimed), false, claimed) end
    if #claimed > 0 or job then
      if pace > 0 then redis.call('SET', paceKey, now + pace, 'PX', pace + PACE_SLACK) end
      serveLast(p .. 'budgets', budget, now)
      return { budget, pace > 0 and tostring(now + pace) or '', claimed, job }
    end
    dropIdle(budget)
  end
end
local job = lane == 'batch' and nextJob(ANY_BUDGET, now)
if job then return { ANY_BUDGET, '', {}, job } end
return false
