-- Writes down that all blocks of a viewer are to be taken away.
-- KEYS 1: the prefix of home
-- ARGV 1: viewerId, 2: the entry of the audit, which is written when that is done
-- Answers 1.

redis.call('SET', p .. 'lifting:' .. ARGV[1], ARGV[2])
touchIntent('lifting:' .. ARGV[1])
return 1
