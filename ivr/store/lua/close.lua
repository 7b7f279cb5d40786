-- The citizen stopped, the code's time or the call that it is for is over, or a claim is taken back: nothing
-- personal is left.
-- KEYS session, sealed   ARGV prefix, id, to, sources, tombstone in ms
local session = redis.call('HMGET', KEYS[1], 'call', 'code', 'expires', 'spoken', 'bound', 'call_id',
  'member')
if not session[1] then return 'missing' end
if not string.find(',' .. ARGV[4] .. ',', ',' .. session[1] .. ',', 1, true) then return 'illegal' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
if ARGV[3] == 'expired' and tonumber(session[3]) > now then return 'illegal' end -- it got a new code meanwhile
if ARGV[3] == 'ended' and session[5] and session[1] == 'awaited'
  and redis.call('EXISTS', ARGV[1] .. 'call:' .. session[5]) == 1 then return 'illegal' end
for _, mac in pairs({session[2], session[4]}) do
  if mac then redis.call('DEL', ARGV[1] .. 'code:' .. mac) end
end
-- Its call, if it has one, is an ordinary one again: it may be identified anew.
local call = session[6] and ARGV[1] .. 'call:' .. session[6]
if call and redis.call('HGET', call, 'session') == ARGV[2] then
  redis.call('HSET', call, 'session', '')
  redis.call('HINCRBY', call, 'version', 1)
  if session[7] and session[7] ~= '' then redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. session[7]) end
end
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[1], 'code', 'code_sealed', 'extra', 'spoken')
redis.call('HSET', KEYS[1], 'call', ARGV[3], 'member', '', 'ended_at', string.format('%.3f', now))
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'session:' .. ARGV[2])
return 'done'
