-- Finds where a viewer of a list is to be ended, and up to which version.
-- KEYS 1: the prefix of the viewer's cell
-- ARGV 1: viewerId, 2: channel ('' for every one of the last 48 hours), 3: now (unix seconds), 4: the revocation's floor, for a
--   viewer whose own has ended by now
-- Answers channel and floor of each, as a flat list.

local viewer, channel, since = ARGV[1], ARGV[2], tonumber(ARGV[3]) - SESSION_SECONDS
local key = viewerKey(viewer)
local everywhere = tonumber(redis.call('HGET', key, floorField('')) or '0')
local answer = {}
local function add(onChannel)
  local own = tonumber(redis.call('HGET', key, floorField(onChannel)) or '0')
  answer[#answer + 1] = onChannel
  local floor = math.max(everywhere, own)
  answer[#answer + 1] = floor > 0 and floor or tonumber(ARGV[4])
end
if channel ~= '' then
  add(channel)
  return answer
end
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  if string.sub(fields[i], 1, 2) == 's:' then
    local _, issuedAt = sessionOf(fields[i + 1])
    if issuedAt > since then add(string.sub(fields[i], 3)) end
  end
end
return answer
