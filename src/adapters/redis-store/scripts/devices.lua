-- Comes after viewer.lua in the scripts that count a viewer's devices on a channel, as `src/tokens/devices.ts` says.
-- KEYS 1: the prefix of the cell
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- The devices of a field 'd:<channel>' that no floor has ended, the oldest first; those from before devices were counted, of
-- which 'latest' is the highest version, are one together. And the highest version of all.
local function devicesOf(text, floor, latest)
  local devices, newest, aliveNewest = {}, latest, floor
  for version, id in string.gmatch(text, '(%d+)=([%w_-]*)') do
    version = tonumber(version)
    newest = math.max(newest, version)
    if version > floor then
      devices[#devices + 1], aliveNewest = { version = version, id = id }, version
    end
  end
  if latest > aliveNewest then devices[#devices + 1] = { version = latest, id = '' } end
  return devices, newest
end

-- The field with one more session, and up to which version devices are ended that were too many (0 for none); nil when another
-- device came in between.
local function joinDevices(text, floor, latest, version, id, most)
  local devices, newest = devicesOf(text, floor, latest)
  local known, ended = nil, 0
  for _, device in ipairs(devices) do
    if id ~= '' and device.id == id then known = device end
  end
  if known then
    if known.version ~= version then return nil end
  else
    if version <= newest then return nil end
    devices[#devices + 1] = { version = version, id = id }
    while #devices > most do ended = table.remove(devices, 1).version end
  end
  local parts = {}
  for i, device in ipairs(devices) do parts[i] = string.format('%d=%s', device.version, device.id) end
  return table.concat(parts, ' '), ended
end
