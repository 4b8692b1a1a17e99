-- Writes down that the block of a revocation is to be lifted; of a channel's it lifts it right away.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: 'any', or 'viewer' to leave those of lists of viewers as they are, 3: the entry of the audit, which is written when it is
--   lifted
-- Answers 'gone' when there is no such revocation, 'unfinished' when it is not decided yet, 'done' when nothing is left to
--   lift, else 'begun'.

local id = ARGV[1]
local record = recordOf(id)
local scope, arn, state, blockedUntil, lifted =
  unpack(redis.call('HMGET', record, 'scope', 'channelArn', 'state', 'until', 'lifted'))
if not scope or state == 'abandoned' or state == 'dropped' then return 'gone' end
if state == 'intent' then return 'unfinished' end
if lifted or blockedUntil == '' then return 'done' end
if ARGV[2] == 'viewer' and scope ~= 'viewer' and scope ~= 'viewer_on_channel' then return 'done' end
if scope == 'channel' then
  redis.call('HDEL', channelScopeOf(arn), 'block:' .. id)
  keepAudit(id, ARGV[3])
  settleChannelLife(arn, timeSeconds())
  noteLifted(id)
  return 'done'
end
redis.call('HSET', record, 'state', 'lifting')
keepAudit(id, ARGV[3])
touchIntent(id)
return 'begun'
