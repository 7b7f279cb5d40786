-- The result of a log-in: verified with a sealed identity, or failed. Allowed before and during the call.
-- Who proves it for a call under way is that call's guest: it lives only as long as the call does.
-- KEYS session, sealed
-- ARGV prefix, id, to, sources, live states, over states, sealed identity (or ''), guests of a call at most
local prefix = ARGV[1]
local session = redis.call('HMGET', KEYS[1], 'identification', 'call', 'expires', 'call_id', 'member', 'bound')
if not session[1] then return 'missing' end
local function listed(state, list) return string.find(',' .. list .. ',', ',' .. state .. ',', 1, true) end
if not listed(session[1], ARGV[4]) or listed(session[2], ARGV[6]) then return 'illegal' end
local life
if listed(session[2], ARGV[5]) then
  -- A call is alive only as long as its record is, which its watcher prolongs: what came too late is not kept.
  local call = prefix .. 'call:' .. session[4]
  life = redis.call('PTTL', call)
  if life <= 0 or redis.call('HGET', call, 'session') ~= ARGV[2] then return 'illegal' end
  redis.call('HINCRBY', call, 'version', 1)
else
  local time = redis.call('TIME')
  life = math.floor((session[3] - time[1] - time[2] / 1e6) * 1000)
  local call = session[6] and prefix .. 'call:' .. session[6]
  if call then life = math.min(life, redis.call('PTTL', call)) end
  if life <= 0 then return 'illegal' end
  if call and ARGV[7] ~= '' then
    local guests = prefix .. 'guests:' .. session[6]
    redis.call('HSET', call, 'guests', 1)
    redis.call('LPUSH', guests, ARGV[2])
    redis.call('LTRIM', guests, 0, ARGV[8] - 1)
    redis.call('PEXPIRE', guests, redis.call('PTTL', call))
  end
end
redis.call('HSET', KEYS[1], 'identification', ARGV[3])
redis.call('HINCRBY', KEYS[1], 'version', 1)
if ARGV[7] ~= '' then redis.call('SET', KEYS[2], ARGV[7], 'PX', life) end
redis.call('PUBLISH', prefix .. 'changed', 'session:' .. ARGV[2])
if session[5] and session[5] ~= '' then redis.call('PUBLISH', prefix .. 'changed', 'member:' .. session[5]) end
return 'done'
