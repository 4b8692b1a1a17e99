-- Begins the scripts that write a record: whether what is there is what the writer has seen.
-- KEYS 1: the prefix of home
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- 'expected' is the record as JSON, 'none' or 'any'. A record's text never changes while nobody writes it.
local function isExpected(key, expected)
  if expected == 'any' then return true end
  local found = redis.call('GET', key)
  if expected == 'none' then return not found end
  return found == expected
end
