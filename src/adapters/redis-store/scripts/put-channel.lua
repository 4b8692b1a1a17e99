-- Writes a channel, in place of what was there under its ARN, and notes which policy it has.
-- KEYS 1: the prefix of all keys
-- ARGV 1: channelArn, 2: the channel as JSON, 3: id of its policy ('' for none), 4: what is expected there, 5: the entry of the audit
-- Answers 1; 0 (and nothing written) when the policy is not there, 2 (and nothing written) when another channel than expected is.

local p, arn, policyId = KEYS[1], ARGV[1], ARGV[3]
if not isExpected(p .. 'channel:' .. arn, ARGV[4]) then return 2 end
if policyId ~= '' and redis.call('EXISTS', p .. 'policy:' .. policyId) == 0 then return 0 end
local before = redis.call('GET', p .. 'channel:' .. arn)
local oldId = before and cjson.decode(before).policyId
if type(oldId) == 'string' then redis.call('SREM', p .. 'policy-channels:' .. oldId, arn) end
if policyId ~= '' then redis.call('SADD', p .. 'policy-channels:' .. policyId, arn) end
redis.call('SET', p .. 'channel:' .. arn, ARGV[2])
redis.call('ZADD', p .. 'channels', 0, arn)
writeAudit('change', ARGV[5])
return 1
