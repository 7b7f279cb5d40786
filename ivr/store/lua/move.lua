-- One move of one call, by the one who holds this Asterisk's lease. Moves the session with it, and the
-- member's pointer, so that no reader ever sees half of it.
-- KEYS lease, call, calls
-- ARGV prefix, lease's token, asterisk, uniqueid, to, sources, queue, member, sealed number, alive in ms,
--      tombstone in ms, reference on the channel (or '')
local prefix, to, member = ARGV[1], ARGV[5], ARGV[8]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 'fenced' end
local call = redis.call('HMGET', KEYS[2], 'state', 'session', 'member')
local function publish(topic) redis.call('PUBLISH', prefix .. 'changed', topic) end
local function pointer(of) return prefix .. 'member:' .. ARGV[3] .. ':' .. of end

if not call[1] then
  if to == 'ended' then return 'unknown' end
  redis.call('HSET', KEYS[2], 'session', '', 'number', ARGV[9], 'version', 0)
elseif not string.find(',' .. ARGV[6] .. ',', ',' .. call[1] .. ',', 1, true) then
  return 'illegal'
end
local id, before = call[2] or '', call[3] or ''
if id ~= '' and ARGV[12] ~= '' and ARGV[12] ~= id then
  -- The channel says another session than the store: when in doubt, show nothing.
  redis.call('DEL', prefix .. 'sealed:' .. id)
  redis.call('HSET', prefix .. 'session:' .. id, 'identification', 'failed')
end

if before ~= '' and before ~= member then
  if redis.call('GET', pointer(before)) == ARGV[4] then redis.call('DEL', pointer(before)) end
end
local time = redis.call('TIME')
local now = string.format('%.3f', time[1] + time[2] / 1e6)
if to == 'ended' then
  redis.call('DEL', KEYS[2])
  redis.call('SREM', KEYS[3], ARGV[4])
else
  redis.call('HSET', KEYS[2], 'state', to, 'member', member)
  if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], 'queue', ARGV[7]) end
  if to == 'connected' and before ~= member then redis.call('HSET', KEYS[2], 'connected_at', now) end
  redis.call('HINCRBY', KEYS[2], 'version', 1)
  redis.call('PEXPIRE', KEYS[2], ARGV[10])
  redis.call('SADD', KEYS[3], ARGV[4])
  redis.call('EXPIRE', KEYS[3], 3600)
  if member ~= '' then redis.call('SET', pointer(member), ARGV[4], 'PX', ARGV[10]) end
end

local session = prefix .. 'session:' .. id
if id ~= '' and redis.call('EXISTS', session) == 1 then
  redis.call('HSET', session, 'call', to, 'member', member ~= '' and ARGV[3] .. ':' .. member or '')
  redis.call('HINCRBY', session, 'version', 1)
  redis.call('PEXPIRE', session, ARGV[11])
  if to == 'ended' then
    redis.call('DEL', prefix .. 'sealed:' .. id)
    redis.call('HDEL', session, 'method', 'level', 'verified_at')
    redis.call('HSET', session, 'ended_at', now)
  end
  publish('session:' .. id)
end
if before ~= '' and before ~= member then publish('member:' .. ARGV[3] .. ':' .. before) end
if member ~= '' then publish('member:' .. ARGV[3] .. ':' .. member) end
return 'done'
