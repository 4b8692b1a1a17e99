-- Writes down what is to be decided about viewers: the first of its steps.
-- KEYS 1: the prefix of home
-- ARGV 1: id, 2: key under which the request can be repeated ('' for none), 3: what was asked, hashed, then the fields of the
--   record and their values, among them the entry of the audit, which is written when the decision is whole
-- Answers 'begun'; or 'recorded' when this revocation is there already, perhaps unfinished; or 'repeated' and the id of the one
--   that the request made before; or 'key_reused' when the request was another.

local id = ARGV[1]
local earlier = findEarlier(id, ARGV[2], ARGV[3])
if earlier then return earlier end
local fields = { 'idempotency', ARGV[2] }
for i = 4, #ARGV do fields[#fields + 1] = ARGV[i] end
writeRecord(id, 'intent', fields)
settleRecordLife(id, redis.call('HGET', recordOf(id), 'until'), timeSeconds())
touchIntent(id)
return { 'begun' }
