-- Notes that a decision or a lifting is being worked on, which keeps others from taking it up.
-- KEYS 1: the prefix of home
-- ARGV 1: id, or 'lifting:' and a viewer
-- Answers its state; false when it is whole or gone, and there is nothing to work on.

local state = findIntentState(ARGV[1])
if state then redis.call('ZADD', p .. 'intents', 'XX', timeMs(), ARGV[1]) end
return state
