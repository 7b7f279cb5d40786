-- One move of one call, by the one who holds this Asterisk's lease. Moves the session with it, and the
-- member's pointer, so that no reader ever sees half of it. Who holds one caller and talks with another has two.
-- KEYS lease, call, calls
-- ARGV prefix, lease's token, asterisk, uniqueid, to, sources, queue, member, sealed number, alive in ms,
--      tombstone in ms, calls' life in s, reference on the channel (or '')
local prefix, asterisk, uniqueid, to, member = ARGV[1], ARGV[3], ARGV[4], ARGV[5], ARGV[8]
local function listed(state) return string.find(',' .. ARGV[6] .. ',', ',' .. state .. ',', 1, true) end
local function publish(topic) redis.call('PUBLISH', prefix .. 'changed', topic) end
local function pointer(of) return prefix .. 'member:' .. asterisk .. ':' .. of end

if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 'fenced' end
local call = redis.call('HMGET', KEYS[2], 'state', 'session', 'member', 'guests')
if not call[1] then
  if to == 'ended' then
    redis.call('SREM', KEYS[3], uniqueid)
    return 'unknown'
  end
  redis.call('HSET', KEYS[2], 'session', '', 'number', '', 'version', 0)
elseif not listed(call[1]) then
  return 'illegal'
end
local id, before = call[2] or '', call[3] or ''
-- The channel names another session than the store does: when in doubt, nobody is shown anything.
local doubt = id ~= '' and ARGV[13] ~= '' and ARGV[13] ~= id

if before ~= '' and before ~= member then redis.call('SREM', pointer(before), uniqueid) end
local time = redis.call('TIME')
local now = string.format('%.3f', time[1] + time[2] / 1e6)
if to == 'ended' then
  if call[4] then
    local guests = prefix .. 'guests:' .. asterisk .. ':' .. uniqueid
    for _, guest in ipairs(redis.call('LRANGE', guests, 0, -1)) do
      redis.call('DEL', prefix .. 'sealed:' .. guest)
      publish('session:' .. guest)
    end
    redis.call('DEL', guests)
  end
  redis.call('DEL', KEYS[2])
  redis.call('SREM', KEYS[3], uniqueid)
else
  redis.call('HSET', KEYS[2], 'state', to, 'member', member)
  if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], 'queue', ARGV[7]) end
  if ARGV[9] ~= '' then redis.call('HSET', KEYS[2], 'number', ARGV[9]) end
  redis.call('HDEL', KEYS[2], 'ahead', 'minutes') -- of the queue that it was in
  if to == 'connected' and before ~= member then redis.call('HSET', KEYS[2], 'connected_at', now) end
  redis.call('HINCRBY', KEYS[2], 'version', 1)
  redis.call('PEXPIRE', KEYS[2], ARGV[10])
  redis.call('SADD', KEYS[3], uniqueid)
  redis.call('EXPIRE', KEYS[3], ARGV[12])
  if member ~= '' then
    redis.call('SADD', pointer(member), uniqueid)
    redis.call('PEXPIRE', pointer(member), ARGV[10])
  end
end

if id ~= '' then
  local session, sealed = prefix .. 'session:' .. id, prefix .. 'sealed:' .. id
  local says = redis.call('HMGET', session, 'call', 'call_id', 'ticket')
  if says[1] and listed(says[1]) and says[2] == asterisk .. ':' .. uniqueid then
    if to == 'ended' or doubt then
      redis.call('DEL', sealed)
      redis.call('HSET', session, 'call', 'ended', 'member', '', 'ended_at', now)
    else
      redis.call('PEXPIRE', sealed, ARGV[10])
      redis.call('HSET', session, 'call', to, 'member', member ~= '' and asterisk .. ':' .. member or '')
    end
    redis.call('HINCRBY', session, 'version', 1)
    redis.call('PEXPIRE', session, ARGV[11])
    redis.call('PEXPIRE', prefix .. 'ticket:' .. says[3], ARGV[11])
    publish('session:' .. id)
  end
end
if before ~= '' and before ~= member then publish('member:' .. asterisk .. ':' .. before) end
if member ~= '' then publish('member:' .. asterisk .. ':' .. member) end
return 'done'
