-- Counts what waits to be delivered, and what was not.
-- KEYS 1: the prefix of home
-- ARGV none
-- Answers the deliveries that wait in queues, the revocations with something to deliver or to walk, those with something that
--   was refused, and the time of the oldest decision with something to deliver (unix seconds; false when there is none).

local waiting = 0
for _, budget in ipairs(redis.call('ZRANGE', p .. 'budgets', 0, -1)) do
  waiting = waiting + redis.call('ZCARD', queueOf('device', budget))
  for _, lane in ipairs(LANES) do waiting = waiting + redis.call('ZCARD', queueOf(lane, budget)) end
end
local pending = p .. 'revocations:pending'
local oldest = redis.call('ZRANGE', pending, 0, 0)[1]
return {
  waiting,
  redis.call('ZCARD', pending),
  redis.call('ZCARD', p .. 'revocations:failed'),
  oldest and redis.call('HGET', recordOf(oldest), 'createdAt') or false,
}
