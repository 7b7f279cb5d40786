-- The result of a log-in: verified with sealed attributes, or failed. Allowed before and during the call.
-- KEYS session, sealed   ARGV prefix, id, to, sources, live states, over states, sealed attributes, method, level, at, alive in ms
local session = redis.call('HMGET', KEYS[1], 'identification', 'call', 'expires', 'call_id', 'member')
if not session[1] then return 'missing' end
local function listed(state, list) return string.find(',' .. list .. ',', ',' .. state .. ',', 1, true) end
if not listed(session[1], ARGV[4]) or listed(session[2], ARGV[6]) then return 'illegal' end
local life
if listed(session[2], ARGV[5]) then
  -- A call is alive only as long as its record is: what came too late is not kept.
  if redis.call('EXISTS', ARGV[1] .. 'call:' .. session[4]) == 0 then return 'illegal' end
  life = tonumber(ARGV[11])
else
  local now = redis.call('TIME')
  life = math.floor((session[3] - now[1] - now[2] / 1e6) * 1000)
  if life <= 0 then return 'illegal' end
end
redis.call('HSET', KEYS[1], 'identification', ARGV[3])
if ARGV[7] ~= '' then
  redis.call('SET', KEYS[2], ARGV[7], 'PX', life)
  redis.call('HSET', KEYS[1], 'method', ARGV[8], 'level', ARGV[9], 'verified_at', ARGV[10])
end
redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('PUBLISH', ARGV[1] .. 'changed', 'session:' .. ARGV[2])
if session[5] and session[5] ~= '' then redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. session[5]) end
return 'done'
