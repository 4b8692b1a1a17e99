-- Gives up a decision that was not made whole. Until it is dropped, nobody can finish it.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: 'mark' while its blocks are still being taken back, 'drop' when nothing of it is left in the cells
-- Answers 1; or 0 (and nothing changed) when it is whole by now, or dropped.

local id = ARGV[1]
local record = recordOf(id)
local state, key = unpack(redis.call('HMGET', record, 'state', 'idempotency'))
if state ~= 'intent' and state ~= 'abandoned' then return 0 end
if ARGV[2] == 'mark' then
  redis.call('HSET', record, 'state', 'abandoned')
  touchIntent(id)
  return 1
end
-- Its id stays taken for a while: what was taken back of it would stand against another decision of this id.
redis.call('HSET', record, 'state', 'dropped')
redis.call('EXPIRE', record, FLOOR_SECONDS)
redis.call('DEL', viewersOf(id))
redis.call('ZREM', p .. 'intents', id)
if key and key ~= '' then redis.call('DEL', p .. 'idempotency:' .. key) end
return 1
