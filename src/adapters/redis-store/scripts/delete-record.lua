-- Deletes a record.
-- KEYS 1: the prefix of all keys
-- ARGV 1: kind, 2: the sorted set that lists the kind, 3: id, 4: what is expected there, 5: the entry of
--   the audit
-- Answers 1, or 0 when there was none, or something else.

local key = KEYS[1] .. ARGV[1] .. ':' .. ARGV[3]
if not isExpected(key, ARGV[4]) then return 0 end
redis.call('ZREM', KEYS[1] .. ARGV[2], ARGV[3])
if redis.call('DEL', key) == 0 then return 0 end
writeAudit('change', ARGV[5])
if ARGV[1] == 'client' then redis.call('HDEL', KEYS[1] .. 'client-uses', ARGV[3]) end
return 1
