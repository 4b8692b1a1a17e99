-- Adds up what an instance has counted, once for each of its sequence numbers.
-- KEYS 1: the prefix of home
-- ARGV 1: source, 2: sequence, then in turns: hour, subject ('all', 'other' or a channel), minute of the hour, and the counts
--   as `name=number` with a space between
-- Answers 1, or 0 (and nothing written) when it was added before.

local p, sequence = KEYS[1], tonumber(ARGV[2])
local source = p .. 'stats-source:' .. ARGV[1]

-- The channel while it is among the first of its hour, else 'other'.
local function named(hour, subject)
  if subject == 'all' or subject == 'other' then return subject end
  local names = p .. 'stats-channels:' .. hour
  if redis.call('SISMEMBER', names, subject) == 1 then return subject end
  if redis.call('SCARD', names) >= MAX_NAMED then return 'other' end
  redis.call('SADD', names, subject)
  redis.call('EXPIREAT', names, (hour + 1) * 3600 + STATS_SECONDS)
  return subject
end

local function merge(sums, text)
  for name, number in string.gmatch(text, '([^ =]+)=(%d+)') do
    local known, more = sums[name] or 0, tonumber(number)
    if name == 'lag:max' then sums[name] = math.max(known, more) else sums[name] = known + more end
  end
end

local function add(hour, subject, minute, counts)
  local key = p .. 'stats:' .. hour .. ':' .. named(hour, subject)
  local sums, parts = {}, {}
  merge(sums, redis.call('HGET', key, minute) or '')
  merge(sums, counts)
  for name, number in pairs(sums) do parts[#parts + 1] = name .. '=' .. string.format('%.0f', number) end
  redis.call('HSET', key, minute, table.concat(parts, ' '))
  redis.call('EXPIREAT', key, (hour + 1) * 3600 + STATS_SECONDS)
end

if sequence <= tonumber(redis.call('GET', source) or 0) then return 0 end
redis.call('SET', source, sequence, 'EX', STATS_SOURCE_SECONDS)
for i = 3, #ARGV, 4 do add(tonumber(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
return 1
