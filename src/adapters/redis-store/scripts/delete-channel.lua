-- Deletes a channel.
-- KEYS 1: the prefix of all keys
-- ARGV 1: channelArn, 2: what is expected there, 3: the entry of the audit
-- Answers 1, or 0 when there was none, or something else.

local p, arn = KEYS[1], ARGV[1]
if not isExpected(p .. 'channel:' .. arn, ARGV[2]) then return 0 end
local before = redis.call('GET', p .. 'channel:' .. arn)
if not before then return 0 end
local policyId = cjson.decode(before).policyId
if type(policyId) == 'string' then redis.call('SREM', p .. 'policy-channels:' .. policyId, arn) end
redis.call('ZREM', p .. 'channels', arn)
redis.call('DEL', p .. 'channel:' .. arn)
writeAudit('change', ARGV[3])
return 1
