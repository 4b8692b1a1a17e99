-- Lists the failed deliveries of a revocation that are kept.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: the member after which to begin ('' from the start), 3: how many at most
-- Answers the members: '<floor>|<channelArn>|<viewerId> <reason>'.

local from = ARGV[2] == '' and '-' or '(' .. ARGV[2]
return redis.call('ZRANGEBYLEX', KEYS[1] .. 'failed:' .. ARGV[1], from, '+', 'LIMIT', 0, ARGV[3])
