-- Reads the next viewers of a list.
-- KEYS 1: the prefix of home
-- ARGV 1: id of the revocation, 2: the viewer after whom to begin ('' from the start), 3: how many at most
-- Answers the viewers, in the order of their ids.

local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
return redis.call('ZRANGEBYLEX', KEYS[1] .. 'viewers:' .. ARGV[1], from, '+', 'LIMIT', 0, ARGV[3])
