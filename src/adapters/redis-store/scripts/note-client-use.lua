-- Notes when a client was last used, unless it was deleted meanwhile.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: the time (unix seconds)
-- Answers nothing.

if redis.call('EXISTS', KEYS[1] .. 'client:' .. ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1] .. 'client-uses', ARGV[1], ARGV[2])
end
