-- Begins scripts that spend rate limits, as `src/limits/gcra.ts` says, by the clock of this server.
-- KEYS 1: the prefix of home or of a cell
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- Each limit is kept as one time, until when it is spent, in unix microseconds.
local function timeMicros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Until when a limit is spent with one token more; nil when that is too far ahead. 'interval' is what a token takes, 'span' what
-- may be taken in advance.
local function spend(spentUntil, now, interval, span)
  local most = now + span
  local before = spentUntil > most + CLOCK_SET_BACK and most - interval or math.max(spentUntil, now)
  if before + interval <= most then return before + interval end
end

-- Spends one token of each of the limits from ARGV 'first' on, which come as key, interval and span; of none when one of them is
-- exceeded. Whether it did.
local function spendKeys(first, now)
  local spent = {}
  for i = first, #ARGV, 3 do
    local after = spend(tonumber(redis.call('GET', ARGV[i]) or '0'), now, tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]))
    if not after then return false end
    spent[#spent + 1] = { ARGV[i], after }
  end
  for _, each in ipairs(spent) do
    -- Nothing is to be known of it any more once that time is over.
    redis.call('SET', each[1], string.format('%.0f', each[2]), 'PX', math.ceil((each[2] - now) / 1000))
  end
  return true
end
