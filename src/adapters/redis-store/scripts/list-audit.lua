-- Lists entries of the audit, the newest first: of each kind as many as are asked for.
-- KEYS 1: the prefix of home
-- ARGV 1: the id that they come before ('' for none), 2: the millisecond that they do not come before, 3: how many
-- Answers a flat list of ids and entries as JSON, of one kind after the other.

local from = ARGV[1] == '' and '+' or '(' .. ARGV[1]
local found = {}
for _, kind in ipairs({ 'change', 'token' }) do
  for _, row in ipairs(redis.call('XREVRANGE', KEYS[1] .. 'audit:' .. kind, from, ARGV[2], 'COUNT', ARGV[3])) do
    found[#found + 1] = row[1]
    found[#found + 1] = row[2][2]
  end
end
return found
