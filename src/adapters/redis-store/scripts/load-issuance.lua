-- Reads what deciding on one token needs of home, and the viewer's record where that lies on the same server.
-- KEYS 1: the prefix of home
-- ARGV 1: channelArn, 2: place of its key pairs, 3: key of the viewer's record ('' where it may lie elsewhere), then the keys
--   of the limits that are kept at home, without the prefix
-- Answers the channel as JSON, the id of the place's active key pair, the generation of the store, and the channel's policy
--   as JSON, each false when there is none; then the fields of the channel's scope and those of the viewer's record, each as a
--   flat list; the time in unix microseconds; then until when each of the limits is spent, false when nothing is known.

local p, arn = KEYS[1], ARGV[1]
local keys = { p .. 'channel:' .. arn, p .. 'active-key-pair:' .. ARGV[2], p .. 'generation' }
for i = 4, #ARGV do keys[i] = p .. ARGV[i] end
local found = redis.call('MGET', unpack(keys))
local policy = false
if found[1] then
  -- Decoding takes longer than all the rest. A quote in a text of the JSON is escaped, so this stands at the field alone.
  local id = string.match(found[1], '"policyId":"([^"]+)"')
  if id then policy = redis.call('GET', p .. 'policy:' .. id) end
end
local scope = redis.call('HGETALL', p .. 'channel-scope:' .. arn)
local viewer = ARGV[3] == '' and {} or redis.call('HGETALL', ARGV[3])
local time = redis.call('TIME')
return { found[1], found[2], found[3], policy, scope, viewer, time[1] * 1000000 + time[2], unpack(found, 4, #keys) }
