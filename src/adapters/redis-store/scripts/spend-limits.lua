-- Spends one token of each of the limits that are kept at home; of none when one of them is exceeded.
-- KEYS 1: the prefix of home
-- ARGV for each limit 1: its key, 2: what a token takes, 3: what may be taken in advance (microseconds)
-- Answers 1, or 0 (and nothing written) when one of them is exceeded.

return spendKeys(1, timeMicros()) and 1 or 0
