-- Decides about everyone on a channel, in one step: floor, block, record, and the walk that finds whom IVS must be told of.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: key under which the request can be repeated ('' for none), 3: what was asked, hashed, 4: channelArn,
--   5: time of the decision (unix seconds), 6: second until which it blocks ('' for no block), then the fields of the record
--   and their values
-- Answers as begin-revocation.lua does; or 'too_many_blocks' (and nothing changed).

local id, arn, blockedUntil = ARGV[1], ARGV[4], ARGV[6]
local earlier = findEarlier(id, ARGV[2], ARGV[3])
if earlier then return earlier end
local now = timeSeconds()
local key = channelScopeOf(arn)

local function countBlocks()
  local fields, blocks = redis.call('HGETALL', key), 0
  for i = 1, #fields, 2 do
    if fields[i] ~= 'floor' and tonumber(fields[i + 1]) > now then blocks = blocks + 1 end
  end
  return blocks
end

if blockedUntil ~= '' and countBlocks() >= MAX_BLOCKS then
  if ARGV[2] ~= '' then redis.call('DEL', p .. 'idempotency:' .. ARGV[2]) end
  return { 'too_many_blocks' }
end
local floor = math.max(math.max(now, tonumber(ARGV[5])) + ALLOWANCE_SECONDS, tonumber(redis.call('HGET', key, 'floor') or '0') + 1)
redis.call('HSET', key, 'floor', floor)
if blockedUntil ~= '' then redis.call('HSET', key, 'block:' .. id, blockedUntil) end
settleChannelLife(arn, now)
local fields = { 'idempotency', ARGV[2] }
for i = 7, #ARGV do fields[#fields + 1] = ARGV[i] end
writeRecord(id, nil, fields)
redis.call('HSET', recordOf(id), 'floor', floor)
listDecision(id)
takeAudit(id)
startJob(budgetOf(arn), id, timeMs())
return { 'begun' }
