-- Writes down that blocks of a viewer are to be taken away: all that stand.
-- KEYS 1: the prefix of home
-- ARGV 1: viewerId, 2: the fields of the blocks in the viewer's record, with a space between, 3: the entry of the audit, which is
--   written when that is done
-- Answers ''; or (and nothing is written down) the fields of those that another began to take away, and did not finish.

local key = p .. 'lifting:' .. ARGV[1]
local earlier = redis.call('HGET', key, 'fields')
if earlier then return earlier end
redis.call('HSET', key, 'fields', ARGV[2], 'audit', ARGV[3])
touchIntent('lifting:' .. ARGV[1])
return ''
