-- Notes of revocations that their blocks are taken away from all of their viewers.
-- KEYS 1: the prefix of home
-- ARGV 1: the viewer whose blocks are gone, all of them ('' when it is about one revocation), 2: the entry of the audit of that,
--   then the ids, 64 at most
-- Answers 1.

for i = 3, #ARGV do
  local id = ARGV[i]
  if redis.call('HGET', recordOf(id), 'state') == 'lifting' then noteLifted(id) end
end
if ARGV[1] ~= '' then
  local key = p .. 'lifting:' .. ARGV[1]
  -- Whoever finished it before wrote the entry.
  if redis.call('HDEL', key, ARGV[2]) == 1 then writeAudit('change', ARGV[2]) end
  if redis.call('EXISTS', key) == 0 then redis.call('ZREM', p .. 'intents', 'lifting:' .. ARGV[1]) end
end
return 1
