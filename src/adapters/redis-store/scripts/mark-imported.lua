-- Notes what IVS answered to the import of a key pair, and makes it the active one of a region that has none.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id, 2: ARN, 3: fingerprint
-- Answers the record as JSON, or false when it is gone or retiring.

local p, id = KEYS[1], ARGV[1]
local json = redis.call('GET', p .. 'key-pair:' .. id)
if not json then return false end
local pair = cjson.decode(json)
if pair.state == 'retiring' then return false end
local activeKey = p .. 'active-key-pair:' .. pair.region
redis.call('SET', activeKey, id, 'NX')
pair.arn, pair.fingerprint = ARGV[2], ARGV[3]
pair.state = redis.call('GET', activeKey) == id and 'active' or 'imported'
json = cjson.encode(pair)
redis.call('SET', p .. 'key-pair:' .. id, json)
return json
