-- Notes of revocations that their blocks are taken away from all of their viewers.
-- KEYS 1: the prefix of home
-- ARGV 1: the viewer of whom all blocks were to be taken away ('' when it is about one revocation), 2: the fields of those that were,
--   then the ids, 64 at most
-- Answers 1.

for i = 3, #ARGV do
  local id = ARGV[i]
  if redis.call('HGET', recordOf(id), 'state') == 'lifting' then noteLifted(id) end
end
if ARGV[1] ~= '' then
  local key = p .. 'lifting:' .. ARGV[1]
  local fields, entry = unpack(redis.call('HMGET', key, 'fields', 'audit'))
  -- Another may have come to the end of it before, and a third have begun with blocks that came later.
  if fields == ARGV[2] then
    redis.call('DEL', key)
    redis.call('ZREM', p .. 'intents', 'lifting:' .. ARGV[1])
    writeAudit('change', entry)
  end
end
return 1
