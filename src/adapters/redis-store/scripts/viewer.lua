-- Begins the scripts of a cell: what its keys are called, and how to read and write a viewer's record.
-- KEYS 1: the prefix of the cell
-- ARGV none of its own
-- Answers nothing: the script that follows does.

local p = KEYS[1]
-- A channel is named by its ARN without 'arn:aws:ivs:'.
local function viewerKey(viewer) return p .. 'v:' .. viewer end
local function ledgerKey(channel, hour) return p .. 'l:' .. channel .. ':' .. hour end
local function hourOf(seconds) return math.floor(seconds / 3600) end

-- A session entry is 'version', or 'version|issuedAt|channelFloor|older' where these are not version, 0 and 0.
local function sessionOf(text)
  local plain = tonumber(text)
  if plain then return plain, plain, 0, 0 end
  local version, issuedAt, channelFloor, older = string.match(text, '^(%d+)|(%d+)|(%d+)|(%d+)$')
  return tonumber(version), tonumber(issuedAt), tonumber(channelFloor), tonumber(older)
end
local function toSession(version, issuedAt, channelFloor, older)
  if issuedAt == version and channelFloor == 0 and older == 0 then return string.format('%d', version) end
  return string.format('%d|%d|%d|%d', version, issuedAt, channelFloor, older)
end

local function floorField(channel) return channel == '' and 'f' or 'f:' .. channel end
local function blockField(id, channel) return channel == '' and 'b:' .. id or 'b:' .. id .. ':' .. channel end

-- What was spent of a rate limit is 't', or 't:<policy>' where the policy has a rate of its own: see limits.lua.
-- The devices on a channel are 'd:<channel>': see devices.lua.
-- A block is the second until which it holds, or less than 0: the second at which it was lifted. A lifted one stays for an
-- hour, so that whoever applies its revocation once more, late, does not bring it back.
-- Until when a field of a record matters.
local function endOf(name, text)
  local kind = string.sub(name, 1, 1)
  if kind == 's' then
    local _, issuedAt = sessionOf(text)
    return issuedAt + SESSION_SECONDS
  end
  if kind == 'd' then return (tonumber(string.match(text, '(%d+)=[%w_-]*$')) or 0) + SESSION_SECONDS end
  local value = tonumber(text)
  if kind == 't' then return math.ceil(value / 1000000) end
  if kind == 'f' then return value + FLOOR_SECONDS end
  return value < 0 and FLOOR_SECONDS - value or value
end

-- A script that takes up several viewers ends behind the one with whom it has looked at so many fields: most have a few, but
-- each may have hundreds.
local MAX_FIELDS = 300

-- Drops what is over from a record that was changed, and gives it the life of what is left. How many fields it looked at.
local function settleLife(viewer, now)
  local key, keepUntil = viewerKey(viewer), 0
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local endsAt = endOf(fields[i], fields[i + 1])
    if endsAt <= now then redis.call('HDEL', key, fields[i]) else keepUntil = math.max(keepUntil, endsAt) end
  end
  if keepUntil >= NEVER then redis.call('PERSIST', key) elseif keepUntil > 0 then redis.call('EXPIREAT', key, keepUntil) end
  return #fields / 2
end

-- Raises a floor of a record that is there; never lowers it. 'channel' is '' for the floor everywhere.
local function raiseFloor(viewer, channel, floor)
  local key, field = viewerKey(viewer), floorField(channel)
  if tonumber(redis.call('HGET', key, field) or '0') >= floor then return end
  redis.call('HSET', key, field, floor)
  redis.call('EXPIREAT', key, floor + FLOOR_SECONDS, 'GT')
end
