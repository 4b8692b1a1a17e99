-- Reads everything that deciding on one token needs.
-- KEYS 1: the prefix of all keys
-- ARGV 1: channelArn, 2: viewerId, 3: region of the channel
-- Answers the channel and its policy as JSON and the id of the region's active key pair, each false when there is none,
--   then the fields of each scope that the viewer is under, as flat lists.

local arn, viewer, region = ARGV[1], ARGV[2], ARGV[3]
local channel = redis.call('GET', p .. 'channel:' .. arn)
local policy = false
if channel then
  local id = cjson.decode(channel).policyId
  if type(id) == 'string' then policy = redis.call('GET', p .. 'policy:' .. id) end
end
return {
  channel, policy, redis.call('GET', p .. 'active-key-pair:' .. region),
  redis.call('HGETALL', scopeKey('viewer_on_channel', viewer, arn)),
  redis.call('HGETALL', scopeKey('viewer', viewer)),
  redis.call('HGETALL', scopeKey('channel', '', arn)),
}
