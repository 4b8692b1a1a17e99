-- Writes a session into its viewer's record and its channel's ledger, unless that record or the channel's scope stands against it.
-- KEYS 1: the prefix of the cell
-- ARGV 1: viewerId, 2: channel, 3: session version, 4: time of issue (unix seconds), 5: the channel's floor that it was
--   decided with (0 for none), 6: key of the channel's scope at home ('' where it may lie elsewhere, with nothing behind it),
--   7: key of the set of all pairs that sign, 8: id of the pair that signs the token
-- Answers 1 when it was recorded; 0 (and nothing written) when it was overtaken, 2 (and nothing written) when the viewer has
--   too many channels.

local viewer, channel, version, issuedAt, channelFloor =
  ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

-- Whether the channel was revoked, or another key pair signs, since the session was decided.
local function isOvertaken()
  if ARGV[6] == '' then return false end
  if redis.call('SISMEMBER', ARGV[7], ARGV[8]) == 0 then return true end
  local scope, floor = redis.call('HGETALL', ARGV[6]), 0
  for i = 1, #scope, 2 do
    local value = tonumber(scope[i + 1])
    if scope[i] == 'floor' then floor = value elseif value > issuedAt then return true end
  end
  return floor ~= channelFloor
end

local function record()
  if isOvertaken() then return 0 end
  local key, mine, floorHere = viewerKey(viewer), 's:' .. channel, 'f:' .. channel
  local S, F = 115, 102 -- the bytes of 's' and 'f'
  local fields = redis.call('HGETALL', key)
  local entry, channels, over = nil, 0, nil
  for i = 1, #fields, 2 do
    local name, text = fields[i], fields[i + 1]
    local kind = string.byte(name)
    if kind == S then
      local _, at = sessionOf(text)
      if at <= issuedAt - SESSION_SECONDS then
        over = over or {}
        over[#over + 1] = name
      elseif name == mine then
        entry = text
      else
        channels = channels + 1
      end
    elseif kind == F then
      if (name == 'f' or name == floorHere) and tonumber(text) >= version then return 0 end
    elseif tonumber(text) > issuedAt then
      local blocked = string.match(name, '^b:[^:]*:?(.*)$')
      if blocked == '' or blocked == channel then return 0 end
    end
  end
  if not entry and channels >= MAX_CHANNELS then return 2 end

  local latest, older = issuedAt, 0
  if entry then
    local knownVersion, knownAt, knownFloor, knownOlder = sessionOf(entry)
    latest, older = math.max(issuedAt, knownAt), knownOlder
    if channelFloor > knownFloor then
      older = math.max(older, knownVersion)
    elseif channelFloor < knownFloor then
      older, version, channelFloor = math.max(older, version), knownVersion, knownFloor
    else
      version = math.max(version, knownVersion)
    end
  end
  if over then redis.call('HDEL', key, unpack(over)) end
  redis.call('HSET', key, mine, toSession(version, latest, channelFloor, older))
  if #fields == 0 or over then
    settleLife(viewer, issuedAt)
  else
    redis.call('EXPIREAT', key, latest + SESSION_SECONDS, 'GT')
  end
  local hour = hourOf(issuedAt)
  local ledger = ledgerKey(channel, hour)
  if redis.call('ZADD', ledger, 0, viewer) == 1 then
    redis.call('EXPIREAT', ledger, (hour + 2) * 3600 + SESSION_SECONDS)
  end
  return 1
end

return record()
