-- A code for a session that awaits its call: the old code stops working in the same step.
-- KEYS session, code (one for each mac key, the newest first), spoken digits (as many)
-- ARGV prefix, id, mac of the code, sealed code, mac of the extra digits, life in ms, tombstone in ms,
--      mac of the spoken digits, which count only for a call under way
local session = redis.call('HMGET', KEYS[1], 'call', 'expires', 'code', 'ticket', 'bound', 'spoken')
if not session[1] then return 'missing' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
if session[1] ~= 'awaited' or tonumber(session[2]) <= now then return 'illegal' end
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then return 'taken' end
end
for _, old in pairs({session[3], session[6]}) do
  if old then redis.call('DEL', ARGV[1] .. 'code:' .. old) end
end
if session[5] then
  redis.call('SET', ARGV[1] .. 'code:' .. ARGV[8], ARGV[2], 'PX', ARGV[6])
  redis.call('HSET', KEYS[1], 'spoken', ARGV[8])
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[6])
redis.call('HSET', KEYS[1], 'code', ARGV[3], 'code_sealed', ARGV[4], 'extra', ARGV[5],
  'expires', string.format('%.3f', now + ARGV[6] / 1000))
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[6] + ARGV[7])
redis.call('PEXPIRE', ARGV[1] .. 'ticket:' .. session[4], ARGV[6] + ARGV[7])
if not session[5] then redis.call('PEXPIRE', ARGV[1] .. 'sealed:' .. ARGV[2], ARGV[6]) end
redis.call('PUBLISH', ARGV[1] .. 'changed', 'session:' .. ARGV[2])
return 'done'
