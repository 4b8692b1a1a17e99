-- Deletes a policy that no channel has.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id, 2: how many channels are named at most, 3: what is expected there, 4: the entry of the
--   audit
-- Answers 'deleted', 'not_found', or ARNs of channels that have it.

local p, id = KEYS[1], ARGV[1]
if redis.call('EXISTS', p .. 'policy:' .. id) == 0 then return 'not_found' end
if not isExpected(p .. 'policy:' .. id, ARGV[3]) then return 'not_found' end
local used = redis.call('SRANDMEMBER', p .. 'policy-channels:' .. id, ARGV[2])
if #used > 0 then return used end
redis.call('DEL', p .. 'policy:' .. id)
redis.call('ZREM', p .. 'policies', id)
writeAudit('change', ARGV[4])
return 'deleted'
