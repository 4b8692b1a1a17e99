-- Lists revocations, the newest first, a bounded number of them at a time.
-- KEYS 1: the prefix of home
-- ARGV 1: the id after which to begin ('' from the newest), 2: how many to look at, 3: how many to answer, 4: now (unix
--   seconds); then what must hold, each '' for all: 5: viewerId, 6: channelArn, 7: scope, 8: whether its block holds ('1', '0'),
--   9: delivery ('pending', 'failed')
-- Answers the id of the last one that was looked at, '' at the end of the list, then the id and the fields of each as a flat
--   list.

local after, most, wanted, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local viewer, arn, scope, active, delivery = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]

local function page(name)
  local from = after == '' and '+' or '(' .. after
  return redis.call('ZREVRANGEBYLEX', p .. name, from, '-', 'LIMIT', 0, most)
end

-- Whom a list names stands with the list alone, so that a list of 10,000 viewers is not listed 10,000 times.
local function pageOfViewer()
  local own, lists, ids, i, j = page('revocations:viewer:' .. viewer), page('revocations:lists'), {}, 1, 1
  while #ids < most and (own[i] or lists[j]) do
    if not lists[j] or own[i] and own[i] > lists[j] then
      ids[#ids + 1], i = own[i], i + 1
    else
      ids[#ids + 1], j = lists[j], j + 1
    end
  end
  return ids
end

local function candidates()
  if viewer ~= '' then return pageOfViewer() end
  if arn ~= '' then return page('revocations:channel:' .. arn) end
  if delivery ~= '' then return page('revocations:' .. delivery) end
  return page(active == '1' and 'revocations:active' or 'revocations')
end

local function matches(id)
  local is = {}
  is.scope, is.viewer, is.arn, is.blockedUntil, is.lifted, is.pending, is.failed, is.done = unpack(redis.call(
    'HMGET', recordOf(id), 'scope', 'viewerId', 'channelArn', 'until', 'lifted', 'pending', 'failed', 'done'
  ))
  if not is.scope then
    if delivery ~= '' then redis.call('ZREM', p .. 'revocations:' .. delivery, id) end
    return false
  end
  local blocks = not is.lifted and (tonumber(is.blockedUntil) or 0) > now
  -- One whose time is over is still listed among the active ones, until somebody looks for it there.
  if not blocks and (tonumber(is.blockedUntil) or 0) <= timeSeconds() then redis.call('ZREM', p .. 'revocations:active', id) end
  if active ~= '' and blocks ~= (active == '1') then return false end
  if scope ~= '' and is.scope ~= scope or arn ~= '' and is.arn ~= arn then return false end
  if delivery == 'pending' and tonumber(is.pending) <= 0 and is.done ~= '0' then return false end
  if delivery == 'failed' and tonumber(is.failed) <= 0 then return false end
  return viewer == '' or is.viewer == viewer or is.viewer == '' and redis.call('ZSCORE', viewersOf(id), viewer) ~= false
end

local ids, answer, found = candidates(), { '' }, 0
for index, id in ipairs(ids) do
  if matches(id) then
    answer[#answer + 1], answer[#answer + 2] = id, redis.call('HGETALL', recordOf(id))
    found = found + 1
  end
  if found == wanted or index == most then
    answer[1] = id
    break
  end
end
return answer
