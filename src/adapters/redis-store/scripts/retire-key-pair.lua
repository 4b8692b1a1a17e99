-- Makes a key pair retiring; the newest imported one of its region takes the place of an active one.
-- KEYS 1: the prefix of all keys
-- ARGV 1: id
-- Answers the record as JSON, or false when there is none.

local p, id = KEYS[1], ARGV[1]
local json = redis.call('GET', p .. 'key-pair:' .. id)
if not json then return false end
local retired = cjson.decode(json)
retired.state = 'retiring'
json = cjson.encode(retired)
redis.call('SET', p .. 'key-pair:' .. id, json)
local activeKey = p .. 'active-key-pair:' .. retired.region
if redis.call('GET', activeKey) ~= id then return json end
redis.call('DEL', activeKey)
local heir
for _, other in ipairs(redis.call('ZRANGE', p .. 'key-pairs', 0, -1)) do
  local pair = cjson.decode(redis.call('GET', p .. 'key-pair:' .. other))
  if pair.region == retired.region and pair.state == 'imported' then heir = pair end
end
if heir then
  heir.state = 'active'
  redis.call('SET', p .. 'key-pair:' .. heir.id, cjson.encode(heir))
  redis.call('SET', activeKey, heir.id)
end
return json
