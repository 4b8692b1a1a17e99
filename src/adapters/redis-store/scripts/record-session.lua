-- Writes a session into the ledger, unless a floor or a block stands against it.
-- KEYS 1: the prefix of all keys
-- ARGV 1: channelArn, 2: viewerId, 3: session version, 4: time of issue (unix seconds),
--   5: how long an entry lives (seconds)
-- Answers 1 when it was recorded, 0 (and nothing written) when it was overtaken.

local arn, viewer, version, now, lifetime = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
if overtakes(scopeKey('viewer_on_channel', viewer, arn), version, now)
  or overtakes(scopeKey('viewer', viewer), version, now)
  or overtakes(scopeKey('channel', '', arn), version, now) then return 0 end
local channels, viewers = p .. 'viewer-channels:' .. viewer, p .. 'channel-viewers:' .. arn
redis.call('ZADD', channels, now, arn)
redis.call('EXPIRE', channels, lifetime)
redis.call('ZADD', viewers, now, viewer)
redis.call('EXPIRE', viewers, lifetime)
redis.call('ZREMRANGEBYSCORE', viewers, '-inf', now - lifetime)
redis.call('ZREMRANGEBYSCORE', channels, '-inf', now - lifetime)
return 1
