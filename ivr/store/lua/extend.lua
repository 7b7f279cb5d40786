-- More time for the code that a citizen has: the same code, a bounded number of times.
-- KEYS session, sealed   ARGV prefix, id, sources, life in ms, tombstone in ms, how often at most
local session = redis.call('HMGET', KEYS[1], 'call', 'expires', 'code', 'ticket', 'extended', 'spoken', 'bound')
if not session[1] then return 'missing' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
if not string.find(',' .. ARGV[3] .. ',', ',' .. session[1] .. ',', 1, true)
  or tonumber(session[2]) <= now or tonumber(session[5] or 0) >= tonumber(ARGV[6])
  or not session[3] or redis.call('PEXPIRE', ARGV[1] .. 'code:' .. session[3], ARGV[4]) == 0 then
  return 'illegal'
end
if session[6] then redis.call('PEXPIRE', ARGV[1] .. 'code:' .. session[6], ARGV[4]) end
redis.call('HSET', KEYS[1], 'expires', string.format('%.3f', now + ARGV[4] / 1000))
redis.call('HINCRBY', KEYS[1], 'extended', 1)
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
redis.call('PEXPIRE', ARGV[1] .. 'ticket:' .. session[4], ARGV[4] + ARGV[5])
if not session[7] then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
redis.call('PUBLISH', ARGV[1] .. 'changed', 'session:' .. ARGV[2])
return 'done'
