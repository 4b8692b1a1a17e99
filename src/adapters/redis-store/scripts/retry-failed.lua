-- Makes failed deliveries of a revocation pending again.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: now (ms), 3: how many at most, 200, 4: the entry of the audit
-- Answers how many it made pending; false when there is no such revocation.

local id, now, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local scope = redis.call('HGET', recordOf(id), 'scope')
if not scope then return false end
local lane = (scope == 'viewer' or scope == 'viewer_on_channel') and 'urgent' or 'bulk'
local failed = p .. 'failed:' .. id
local members = redis.call('ZRANGE', failed, 0, most - 1)
local pending = 0
for _, member in ipairs(members) do
  local floor, arn, viewer = string.match(member, '^([^|]+)|([^|]+)|(%S+) ')
  pending = pending + enqueue(lane, budgetOf(arn), id, floor, arn, viewer, now)
  redis.call('ZREM', failed, member)
end
if #members > 0 then
  count(id, pending, 0, -#members)
  writeAudit('change', ARGV[4])
end
return #members
