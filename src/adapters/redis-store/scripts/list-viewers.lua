-- Lists the viewers of a revocation of a list that is decided, in the order of their ids.
-- KEYS 1: the prefix of home
-- ARGV 1: id of the revocation, 2: the viewer after whom to begin ('' from the start), 3: how many at most
-- Answers their ids.

local state = redis.call('HGET', recordOf(ARGV[1]), 'state')
if state == 'intent' or state == 'abandoned' then return {} end
local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
return redis.call('ZRANGEBYLEX', viewersOf(ARGV[1]), from, '+', 'LIMIT', 0, ARGV[3])
