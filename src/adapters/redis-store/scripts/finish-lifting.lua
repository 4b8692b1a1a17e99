-- Notes of revocations that their blocks are taken away from all of their viewers.
-- KEYS 1: the prefix of home
-- ARGV none but their ids, 64 at most
-- Answers 1.

for _, id in ipairs(ARGV) do
  if redis.call('HGET', recordOf(id), 'state') == 'lifting' then noteLifted(id) end
end
return 1
