-- Deletes a policy that no channel has.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id
-- Answers 'deleted', 'not_found' or 'in_use'.

local p, id = KEYS[1], ARGV[1]
if redis.call('EXISTS', p .. 'policy:' .. id) == 0 then return 'not_found' end
if redis.call('SCARD', p .. 'policy-channels:' .. id) > 0 then return 'in_use' end
redis.call('DEL', p .. 'policy:' .. id)
redis.call('ZREM', p .. 'policies', id)
return 'deleted'
