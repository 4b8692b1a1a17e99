-- Writes a record, in place of what was there under its id.
-- KEYS 1: the prefix of all keys
-- ARGV 1: kind, 2: the sorted set that lists the kind, 3: id, 4: the record as JSON, 5: what is expected there,
--   6: the entry of the audit
-- Answers 1, or 0 (and nothing written) when something else is there.

local key = KEYS[1] .. ARGV[1] .. ':' .. ARGV[3]
if not isExpected(key, ARGV[5]) then return 0 end
redis.call('SET', key, ARGV[4])
redis.call('ZADD', KEYS[1] .. ARGV[2], 0, ARGV[3])
writeAudit('change', ARGV[6])
return 1
