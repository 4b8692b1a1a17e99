-- Gives viewers of one cell the floor of a revocation, and its block. Can be repeated: then the floor is a higher one.
-- KEYS 1: the prefix of the cell
-- ARGV 1: id, 2: channel ('' for everywhere), 3: time of the decision (unix seconds), 4: second until which it blocks ('' for
--   no block), then the viewers, 50 at most
-- Answers for each viewer whom it took up, perhaps not all, a list: the floor, then the channels in the scope of the last 48
--   hours. The floor is 0, and nothing is written for this viewer, where there are too many blocks already.

local id, channel, blockedUntil = ARGV[1], ARGV[2], ARGV[4]
local now = tonumber(redis.call('TIME')[1])
local decidedAt = math.max(now, tonumber(ARGV[3]))
local block = blockField(id, channel)

-- Whether the block is there already, how many others hold, the least floor, and the channels.
local function look(fields)
  local known, blocks, floor, channels = false, 0, decidedAt + ALLOWANCE_SECONDS, {}
  for i = 1, #fields, 2 do
    local name, text = fields[i], fields[i + 1]
    local kind, of = string.sub(name, 1, 1), string.sub(name, 3)
    if kind == 's' then
      local version, issuedAt, _, older = sessionOf(text)
      if channel == '' or of == channel then
        floor = math.max(floor, version, older)
        if issuedAt + SESSION_SECONDS > now then channels[#channels + 1] = of end
      end
    elseif kind == 'f' then
      if channel == '' or of == '' or of == channel then floor = math.max(floor, tonumber(text) + 1) end
    elseif name == block then
      known = true
    elseif kind == 'b' and tonumber(text) > now then
      blocks = blocks + 1
    end
  end
  return known, blocks, floor, channels
end

local function apply(viewer)
  local key = viewerKey(viewer)
  local known, blocks, floor, channels = look(redis.call('HGETALL', key))
  if blockedUntil ~= '' and not known and blocks >= MAX_BLOCKS then return { 0 }, 0 end
  redis.call('HSET', key, floorField(channel), floor)
  if blockedUntil ~= '' then redis.call('HSETNX', key, block, blockedUntil) end
  return { floor, unpack(channels) }, settleLife(viewer, now)
end

local answers, looked = {}, 0
for i = 5, #ARGV do
  local answer, fields = apply(ARGV[i])
  answers[#answers + 1], looked = answer, looked + fields
  if looked >= MAX_FIELDS then break end
end
return answers
