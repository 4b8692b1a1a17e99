-- Has IVS end the sessions of a viewer on one channel up to a version: a newer device replaced them.
-- KEYS 1: the prefix of home
-- ARGV 1: channelArn, 2: viewerId, 3: the version
-- Answers 1.

endReplaced(KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]))
return 1
