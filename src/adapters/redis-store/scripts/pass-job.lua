-- Puts a job behind all others of its line.
-- KEYS 1: the prefix of home
-- ARGV 1: now (ms), 2: id, 3: budget of the job's line
-- Answers 1.

serveLast(jobsOf(ARGV[3]), ARGV[2], tonumber(ARGV[1]))
return 1
