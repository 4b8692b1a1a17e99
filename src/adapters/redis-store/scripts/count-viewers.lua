-- Counts the viewers of a channel's ledger in one cell, each in the hour of the last token, a step at a time.
-- KEYS 1: the prefix of the cell
-- ARGV 1: channel, 2: the hour and 3: the viewer in it after whom to go on ('' from its start), 4: the newest hour,
--   5: second after which a token must have been issued, 6: how many entries to look at
-- Answers how many there are, the hour and the viewer after whom to go on; the hour is beyond the newest at the end.

local channel, hour, after, newest, since = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local left, viewers = tonumber(ARGV[6]), 0
while hour <= newest and left > 0 do
  local from = after == '' and '-' or '(' .. after
  local found = redis.call('ZRANGEBYLEX', ledgerKey(channel, hour), from, '+', 'LIMIT', 0, left)
  for _, viewer in ipairs(found) do
    local text = redis.call('HGET', viewerKey(viewer), 's:' .. channel)
    if text then
      local _, issuedAt = sessionOf(text)
      if hourOf(issuedAt) == hour and issuedAt > since then viewers = viewers + 1 end
    end
  end
  if #found < left then hour, after = hour + 1, '' else after = found[#found] end
  left = left - #found
end
return { viewers, hour, after }
