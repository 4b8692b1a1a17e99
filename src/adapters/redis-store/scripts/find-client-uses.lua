-- Finds when clients were last used.
-- KEYS 1: the prefix of home
-- ARGV ids
-- Answers a time (unix seconds) for each, false where none is known.

return redis.call('HMGET', KEYS[1] .. 'client-uses', unpack(ARGV))
