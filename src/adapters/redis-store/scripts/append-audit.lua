-- Writes an entry of what is in no store.
-- KEYS 1: the prefix of home
-- ARGV 1: 'change' or 'token', 2: the entry, as audit.lua takes it
-- Answers 1.

writeAudit(ARGV[1], ARGV[2])
return 1
