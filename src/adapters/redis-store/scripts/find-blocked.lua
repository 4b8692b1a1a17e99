-- Finds on which viewers of one cell a block stands.
-- KEYS 1: the prefix of the cell
-- ARGV 1: the block's field in their records, 2: now (unix seconds), then the viewers, 200 at most
-- Answers those on whom it stands.

local field, now, blocked = ARGV[1], tonumber(ARGV[2]), {}
for i = 3, #ARGV do
  if tonumber(redis.call('HGET', viewerKey(ARGV[i]), field) or '0') > now then blocked[#blocked + 1] = ARGV[i] end
end
return blocked
