-- Begins the scripts that read or write scopes: what the keys of scopes are called, and what their floors and blocks say.
-- KEYS 1: the prefix of all keys
-- ARGV none of its own
-- Answers nothing: the script that follows does.

local p = KEYS[1]
local NEVER = '9007199254740991'
local function scopeKey(scope, viewerId, channelArn)
  if scope == 'viewer_on_channel' then return p .. 'scope:viewer_on_channel:' .. channelArn .. '|' .. viewerId end
  if scope == 'viewer' then return p .. 'scope:viewer:' .. viewerId end
  return p .. 'scope:channel:' .. channelArn
end
local function overtakes(key, version, now)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local value = tonumber(fields[i + 1])
    if fields[i] == 'floor' and value >= version or fields[i] ~= 'floor' and value > now then return true end
  end
  return false
end
local function floorOf(key) return tonumber(redis.call('HGET', key, 'floor') or '0') end
local function top(name) return tonumber(redis.call('GET', p .. 'top:' .. name) or '0') end
