-- Writes a record, in place of what was there under its id.
-- KEYS 1: the prefix of all keys
-- ARGV 1: kind, 2: the sorted set that lists the kind, 3: id, 4: the record as JSON
-- Answers 1.

redis.call('SET', KEYS[1] .. ARGV[1] .. ':' .. ARGV[3], ARGV[4])
redis.call('ZADD', KEYS[1] .. ARGV[2], 0, ARGV[3])
return 1
