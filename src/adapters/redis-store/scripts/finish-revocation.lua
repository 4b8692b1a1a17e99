-- Makes a decision about viewers whole: its floor and its deliveries. Can be repeated: a higher floor is delivered again.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: its floor, then, where it is about one viewer, the ARNs of the channels to deliver to; 3: '' stands before
--   them where the viewer was not seen
-- Answers the fields of the record, as a flat list; empty when it is gone.

local id, floor = ARGV[1], tonumber(ARGV[2])
local record = recordOf(id)
local scope, viewer, arn, state, formerFloor, createdAt, seen =
  unpack(redis.call('HMGET', record, 'scope', 'viewerId', 'channelArn', 'state', 'floor', 'createdAt', 'seen'))
if not scope or state == 'abandoned' or state == 'dropped' then return {} end
local isFirst = state == 'intent'

local function deliver()
  local pending = 0
  -- Of several that were decided in the same second the ids say which is newer. Due at once, also where the clock of who decides
  -- is ahead.
  local due = math.min(tonumber(createdAt) * 1000, timeMs())
  for i = 3, #ARGV do
    if ARGV[i] ~= '' then
      pending = pending
        + enqueue('urgent', budgetOf(ARGV[i]), id, floor, ARGV[i], viewer, due, not isFirst and formerFloor or nil)
    end
  end
  count(id, pending, 0, 0)
end

if isFirst or floor > tonumber(formerFloor) then
  redis.call('HSET', record, 'floor', floor)
  if viewer ~= '' and seen ~= '1' then redis.call('HSET', record, 'seen', ARGV[3] and ARGV[3] ~= '' and 1 or 0) end
  if isFirst then
    redis.call('HDEL', record, 'state')
    redis.call('ZREM', p .. 'intents', id)
    listDecision(id)
    takeAudit(id)
  end
  if viewer ~= '' then deliver() else startJob(arn ~= '' and budgetOf(arn) or ANY_BUDGET, id, timeMs()) end
end
return redis.call('HGETALL', record)
