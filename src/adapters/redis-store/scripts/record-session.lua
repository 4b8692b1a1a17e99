-- Writes a session into its viewer's record and its channel's ledger, and counts it, unless one of these or a limit forbids it.
-- KEYS 1: the prefix of the cell
-- ARGV 1: viewerId, 2: channel, 3: session version, 4: time of issue (unix seconds), 5: the channel's floor that it was
--   decided with (0 for none), 6: key of the channel's scope at home ('' where it may lie elsewhere, with nothing behind it),
--   7: key of the set of all pairs that sign, 8: id of the pair that signs the token, 9: the record's field of the viewer's
--   limit ('' for none), 10: what a token takes of it, 11: what may be taken in advance (microseconds), 12: how many devices
--   the viewer may have there ('' where they are not counted), 13: the device ('' for one without a name), 14: the prefix of
--   home ('' where it may lie elsewhere), then for each limit at home its key and what 10 and 11 are of it
-- Answers 1 when it was recorded; 5 and a version when it was and replaced the devices up to that one; else, and nothing
--   written, 0 when it was overtaken, 2 when the viewer has too many channels, 3 when a limit is exceeded, 4 when another
--   device came in between.

local viewer, channel, version, issuedAt, channelFloor =
  ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local limit, interval, span = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11])

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
  local S, F, T, D = 115, 102, 116, 100 -- the bytes of 's', 'f', 't' and 'd'
  local fields = redis.call('HGETALL', key)
  local entry, channels, over, spentUntil, now = nil, 0, nil, 0, timeMicros()
  local deviceField, deviceList, highestFloor = 'd:' .. channel, '', channelFloor
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
      if name == 'f' or name == floorHere then
        if tonumber(text) >= version then return 0 end
        highestFloor = math.max(highestFloor, tonumber(text))
      end
    elseif kind == D then
      if name == deviceField then
        deviceList = text
      elseif endOf(name, text) <= issuedAt then
        over = over or {}
        over[#over + 1] = name
      end
    elseif kind == T then
      if name == limit then
        spentUntil = tonumber(text)
      elseif tonumber(text) <= now then
        over = over or {}
        over[#over + 1] = name
      end
    elseif tonumber(text) > issuedAt then
      local blocked = string.match(name, '^b:[^:]*:?(.*)$')
      if blocked == '' or blocked == channel then return 0 end
    end
  end
  if not entry and channels >= MAX_CHANNELS then return 2 end
  local replaced = 0
  if ARGV[12] ~= '' then
    local latest = 0
    if entry then
      local knownVersion, _, _, knownOlder = sessionOf(entry)
      latest = math.max(knownVersion, knownOlder)
    end
    deviceList, replaced = joinDevices(deviceList, highestFloor, latest, version, ARGV[13], tonumber(ARGV[12]))
    if not deviceList then return 4 end
  end
  if limit ~= '' then
    spentUntil = spend(spentUntil, now, interval, span)
    if not spentUntil then return 3 end
  end
  if not spendKeys(15, now) then return 3 end

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
  local session = toSession(version, latest, channelFloor, older)
  if limit == '' then
    redis.call('HSET', key, mine, session)
  else
    redis.call('HSET', key, mine, session, limit, string.format('%.0f', spentUntil))
  end
  if ARGV[12] ~= '' then redis.call('HSET', key, deviceField, deviceList) end
  if over or (#fields == 0 and ARGV[12] ~= '') then
    settleLife(viewer, issuedAt)
  elseif #fields == 0 then
    -- The first session of a viewer outlives what was spent with it.
    redis.call('EXPIREAT', key, latest + SESSION_SECONDS)
  else
    redis.call('EXPIREAT', key, latest + SESSION_SECONDS, 'GT')
  end
  local hour = hourOf(issuedAt)
  local ledger = ledgerKey(channel, hour)
  if redis.call('ZADD', ledger, 0, viewer) == 1 then
    redis.call('EXPIREAT', ledger, (hour + 2) * 3600 + SESSION_SECONDS)
  end
  if replaced == 0 then return 1 end
  raiseFloor(viewer, channel, replaced)
  if ARGV[14] ~= '' then endReplaced(ARGV[14], 'arn:aws:ivs:' .. channel, viewer, replaced) end
  return { 5, replaced }
end

return record()
