-- Takes blocks away from viewers of one cell; their floors stay.
-- KEYS 1: the prefix of the cell
-- ARGV none but pairs, 100 at most: viewerId, and the block's field in the viewer's record
-- Answers how many of them held until now, and how many pairs it took up, perhaps not all.

local now, held, looked = tonumber(redis.call('TIME')[1]), 0, 0
for i = 1, #ARGV, 2 do
  local viewer, field = ARGV[i], ARGV[i + 1]
  local blockedUntil = tonumber(redis.call('HGET', viewerKey(viewer), field) or '0')
  if blockedUntil > now then held = held + 1 end
  -- Where it is not there it may still be on its way, from somebody who began to apply its revocation before.
  if blockedUntil >= 0 then redis.call('HSET', viewerKey(viewer), field, -now) end
  -- Of a viewer who has several the record is looked through once.
  if ARGV[i + 2] ~= viewer then
    looked = looked + settleLife(viewer, now)
    if looked >= MAX_FIELDS then return { held, (i + 1) / 2 } end
  end
end
return { held, #ARGV / 2 }
