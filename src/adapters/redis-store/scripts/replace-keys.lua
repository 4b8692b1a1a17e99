-- Writes the keys of a place in place of the document of a given version, and notes which pair signs.
-- KEYS 1: the prefix of all keys
-- ARGV 1: place, 2: the version that must stand (0: none), 3: the document as JSON, 4: id of the pair that signs ('' for none),
--   5: the entry of the audit
-- Answers 1, or 0 (and nothing written) when another version stands.

local p, place, signing = KEYS[1], ARGV[1], ARGV[4]
local key = p .. 'place-keys:' .. place
local before = redis.call('GET', key)
local version = before and cjson.decode(before).version or 0
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', key, ARGV[3])
redis.call('ZADD', p .. 'key-places', 0, place)
writeAudit('change', ARGV[5])
local signedBefore = redis.call('GETDEL', p .. 'active-key-pair:' .. place)
if signedBefore then redis.call('SREM', p .. 'signing-pairs', signedBefore) end
if signing ~= '' then
  redis.call('SET', p .. 'active-key-pair:' .. place, signing)
  redis.call('SADD', p .. 'signing-pairs', signing)
end
return 1
