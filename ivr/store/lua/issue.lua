-- A code for a session that awaits its call: the old code stops working in the same step.
-- KEYS session, code   ARGV prefix, id, mac of the code, sealed code, mac of the extra digits, life in ms, tombstone in ms
if redis.call('HGET', KEYS[1], 'call') ~= 'awaited' then return 'illegal' end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'taken' end
local old = redis.call('HGET', KEYS[1], 'code')
if old then redis.call('DEL', ARGV[1] .. 'code:' .. old) end
local now = redis.call('TIME')
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[6])
redis.call('HSET', KEYS[1], 'code', ARGV[3], 'code_sealed', ARGV[4], 'extra', ARGV[5],
  'expires', string.format('%.3f', now[1] + now[2] / 1e6 + ARGV[6] / 1000))
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[6] + ARGV[7])
redis.call('PEXPIRE', ARGV[1] .. 'sealed:' .. ARGV[2], ARGV[6])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'session:' .. ARGV[2])
return 'issued'
