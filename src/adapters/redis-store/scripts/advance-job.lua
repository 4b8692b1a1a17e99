-- Moves the cursor of a job and queues what was found on the way, unless another has moved it in the meantime.
-- KEYS 1: the prefix of home
-- ARGV 1: now, 2: for how long what is claimed is kept from others (ms), 3: for which budget, 4: how many of it to claim,
--   5: id, 6: budget of the job's line, 7: the cursor as it was, 8: the cursor as it is now, 9: 1 at the end of the walk, else
--   0, 10: viewers looked at on the way, then floor, channelArn and viewer of each that was found, 200 at most
-- Answers member and time of the decision of each that was claimed, as a flat list, then the next job for the budget (see
--   'firstOf' in job-line.lua), or false.

local now, lease, budget, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local id, lineBudget, former, cursor, done, walked = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9] == '1', ARGV[10]
local record, claimed, queued = recordOf(id), {}, 0

local function queueFound()
  local createdAt = redis.call('HGET', record, 'createdAt')
  -- What is not claimed now is due by the clock of everyone who claims, those of the oldest decision first.
  local due = math.min(now, createdAt * 1000)
  for i = 11, #ARGV, 3 do
    local floor, arn, viewer = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    local itsBudget = budgetOf(arn)
    local mine = itsBudget == budget and #claimed / 2 < limit
    local added = enqueue('bulk', itsBudget, id, floor, arn, viewer, mine and now + lease or due)
    queued = queued + added
    if mine and added > 0 then
      claimed[#claimed + 1] = memberOf(id, floor, arn, viewer)
      claimed[#claimed + 1] = createdAt
    end
  end
end

local function moveOn()
  queueFound()
  redis.call('HINCRBY', record, 'walked', walked)
  if done then
    redis.call('HDEL', record, 'cursor')
    redis.call('HSET', record, 'done', 1)
    redis.call('ZREM', jobsOf(lineBudget), id)
    dropIdle(lineBudget)
  else
    redis.call('HSET', record, 'cursor', cursor)
    serveLast(jobsOf(lineBudget), id, now)
  end
  count(id, queued, 0, 0)
end

if redis.call('HGET', record, 'cursor') == former then moveOn() end
-- What was found for any budget is claimed by budget, so there is something to do before another step.
local isEnough = #claimed / 2 >= limit or budget == ANY_BUDGET and queued > 0
return { claimed, not isEnough and nextJob(budget, now) or false }
