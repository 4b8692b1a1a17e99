-- Notes what became of claimed deliveries.
-- KEYS 1: the prefix of home
-- ARGV of each delivery, 100 at most, its id, floor, channelArn, viewer, what became of it, and for 'failed' the reason, for
--   'alone' the time of the decision, for 'retry' when to try again (ms)
-- Answers 1.

local MAX_FAILED_KEPT = 10000
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local tallies, budgets = {}, {}

local function tally(id, what)
  tallies[id] = tallies[id] or { settled = 0, delivered = 0, failed = 0 }
  tallies[id][what] = tallies[id][what] + 1
end

local function take(budget, id, member)
  local taken = 0
  for _, lane in ipairs(lanesOf(id)) do taken = taken + redis.call('ZREM', queueOf(lane, budget), member) end
  return taken > 0
end

-- Answers whether it is one more: one that was kept before and not sent again since was counted then.
local function keepFailed(id, member)
  local failed = p .. 'failed:' .. id
  if redis.call('HEXISTS', recordOf(id), 'scope') == 0 or redis.call('ZSCORE', failed, member) then return false end
  if redis.call('ZCARD', failed) >= MAX_FAILED_KEPT then return true end
  redis.call('ZADD', failed, 0, member)
  redis.call('EXPIRE', failed, RECORD_SECONDS)
  return true
end

for i = 1, #ARGV, 6 do
  local id, floor, arn, viewer, outcome, detail = unpack(ARGV, i, i + 5)
  local budget, member = budgetOf(arn), memberOf(id, floor, arn, viewer)
  budgets[budget] = true
  if outcome == 'retry' then
    for _, lane in ipairs(lanesOf(id)) do redis.call('ZADD', queueOf(lane, budget), 'XX', detail, member) end
  elseif take(budget, id, member) then
    if outcome == 'alone' then
      redis.call('ZADD', queueOf('alone', budget), math.min(tonumber(detail), now), member)
    else
      tally(id, 'settled')
      if outcome == 'delivered' then
        tally(id, 'delivered')
      elseif keepFailed(id, floor .. '|' .. arn .. '|' .. viewer .. ' ' .. detail) then
        tally(id, 'failed')
      end
    end
  end
end
for id, counts in pairs(tallies) do count(id, -counts.settled, counts.delivered, counts.failed) end
for budget in pairs(budgets) do dropIdle(budget) end
return 1
