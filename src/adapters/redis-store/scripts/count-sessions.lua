-- Counts what a revocation of viewers of one cell would meet.
-- KEYS 1: the prefix of the cell
-- ARGV 1: channel ('' for everywhere), 2: second after which a token must have been issued, then the viewers, 50 at most
-- Answers how many of the viewers have a session, how many (channel, viewer) pairs there are, and how many viewers it took up,
--   perhaps not all.

local channel, since = ARGV[1], tonumber(ARGV[2])
local viewers, sessions, looked, taken = 0, 0, 0, 0
for i = 3, #ARGV do
  local fields, before = redis.call('HGETALL', viewerKey(ARGV[i])), sessions
  for j = 1, #fields, 2 do
    if string.sub(fields[j], 1, 2) == 's:' and (channel == '' or string.sub(fields[j], 3) == channel) then
      local _, issuedAt = sessionOf(fields[j + 1])
      if issuedAt > since then sessions = sessions + 1 end
    end
  end
  if sessions > before then viewers = viewers + 1 end
  looked, taken = looked + #fields / 2, taken + 1
  if looked >= MAX_FIELDS then break end
end
return { viewers, sessions, taken }
