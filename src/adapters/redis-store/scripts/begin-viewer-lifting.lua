-- Writes down that all blocks of a viewer are to be taken away.
-- KEYS 1: the prefix of home
-- ARGV 1: viewerId, 2: the entry of the audit, which is written when that is done, 3: the blocks, as fields of the viewer's
--   record with spaces between: one that comes after these stays
-- Answers 1.

-- Others may have begun the same: each of them has an entry.
redis.call('HSET', p .. 'lifting:' .. ARGV[1], ARGV[2], ARGV[3])
touchIntent('lifting:' .. ARGV[1])
return 1
