-- Begins the scripts at home that change what is audited: writes the entry in the same step.
-- KEYS 1: the prefix of home
-- ARGV none of its own
-- Answers nothing: the script that follows does.

-- Of both kinds every id is later than those before it, also where the clock was set back.
local function toNextAuditId(prefix)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local lastMs, lastNumber = string.match(redis.call('GET', prefix .. 'audit-last') or '', '^(%d+)-(%d+)$')
  local number = 0
  if lastMs and tonumber(lastMs) >= now then now, number = tonumber(lastMs), tonumber(lastNumber) + 1 end
  local id = string.format('%.0f-%d', now, number)
  redis.call('SET', prefix .. 'audit-last', id)
  return id, now
end

-- 'kind' is 'change' or 'token'; 'text' is how many entries of the kind are kept, for how many seconds, and the entry as JSON,
-- with a space between; '' for none.
local function writeAudit(kind, text)
  if not text or text == '' then return end
  local prefix = KEYS[1]
  local most, seconds, json = string.match(text, '^(%d+) (%d+) (.*)$')
  local key = prefix .. 'audit:' .. kind
  local id, now = toNextAuditId(prefix)
  redis.call('XADD', key, id, 'entry', json)
  redis.call('XTRIM', key, 'MAXLEN', '=', most)
  redis.call('XTRIM', key, 'MINID', '=', string.format('%.0f', math.max(0, now - seconds * 1000)))
  redis.call('EXPIRE', key, seconds)
end
