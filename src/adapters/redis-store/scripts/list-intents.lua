-- Lists decisions and liftings that were begun and not finished, the oldest first. Those that are gone or whole are dropped.
-- KEYS 1: the prefix of home
-- ARGV 1: until when they were worked on last (unix milliseconds), 2: how many at most
-- Answers their ids, and for a viewer whose blocks are being taken away 'lifting:' and the viewer.

local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'intents', '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  if findIntentState(id) then
    answer[#answer + 1] = id
  else
    redis.call('ZREM', p .. 'intents', id)
  end
end
return answer
