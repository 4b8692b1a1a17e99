-- Walks a set of a channel's ledger for those whom a revocation of the channel ends. Can be repeated.
-- KEYS 1: the prefix of the cell
-- ARGV 1: channel, 2: the revocation's floor, 3: the second of issue before which every session was in the ledger when the
--   walk began, 4: the set's hour, 5: the viewer after whom to begin ('' from the start), 6: how many to look at, 200 at most,
--   and 7: how many to find at most
-- Answers 1 at the end of the set, else 0; how many it looked at, and the last of them ('' for none); then of each that was
--   found the viewer, the floor, and how many it had looked at by then.

local channel, jobFloor, knownBefore, hour = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local after, mostLooked, mostFound = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

-- The floor that ends all that a viewer had on the channel before the revocation; nothing when there is none to end here.
local function floorFor(viewer)
  local session = redis.call('HGET', viewerKey(viewer), 's:' .. channel)
  if not session then return nil end
  local version, issuedAt, channelFloor, older = sessionOf(session)
  if channelFloor >= jobFloor then return older > 0 and math.max(jobFloor, older) or nil end
  -- Whoever came again is met in the hour of the last time; but the walk may have been there before a session that is newer.
  if hourOf(issuedAt) ~= hour and issuedAt < knownBefore then return nil end
  return math.max(jobFloor, version, older)
end

local from = after == '' and '-' or '(' .. after
local members = redis.call('ZRANGEBYLEX', ledgerKey(channel, hour), from, '+', 'LIMIT', 0, mostLooked)
local answer, looked, found = { 0, 0, '' }, 0, 0
for _, viewer in ipairs(members) do
  if found == mostFound then break end
  looked = looked + 1
  local floor = floorFor(viewer)
  if floor then
    -- The revocation's own floor would let the next token have a version that IVS is told to end.
    if floor > jobFloor then raiseFloor(viewer, channel, floor) end
    found = found + 1
    for _, value in ipairs({ viewer, floor, looked }) do answer[#answer + 1] = value end
  end
end
answer[1] = (looked == #members and looked < mostLooked) and 1 or 0
answer[2] = looked
if looked > 0 then answer[3] = members[looked] end
return answer
