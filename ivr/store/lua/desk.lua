-- The one call that a queue member has now, or nothing. Whatever does not agree is nothing; of several nobody can know
-- with whom their agent talks. It is for one window of theirs; if none is active, for the one that asks.
-- KEYS member, screen   ARGV prefix, asterisk, interface, the window that asks, for how many ms it stays active
local active = redis.call('GET', KEYS[2])
if active and active ~= ARGV[4] then return 'elsewhere' end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])
local uniqueid
for _, each in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('HGET', ARGV[1] .. 'call:' .. ARGV[2] .. ':' .. each, 'member') == ARGV[3] then
    if uniqueid then return 'several' end
    uniqueid = each
  end
end
if not uniqueid then return false end
local id = ARGV[2] .. ':' .. uniqueid
local call = ARGV[1] .. 'call:' .. id
local head = redis.call('HMGET', call, 'state', 'member', 'session')
if head[1] ~= 'connected' or head[2] ~= ARGV[3] then return false end
local session, sealed = {}, false
if head[3] ~= '' then
  local key = ARGV[1] .. 'session:' .. head[3]
  local says = redis.call('HMGET', key, 'call', 'call_id')
  if says[1] == 'connected' and says[2] == id then
    session = redis.call('HGETALL', key)
    sealed = redis.call('GET', ARGV[1] .. 'sealed:' .. head[3])
  end
end
local login, age = '', 0
local under_way = redis.call('HMGET', call, 'wanted', 'step_at')
if under_way[1] then login = redis.call('HGET', ARGV[1] .. 'session:' .. under_way[1], 'identification') or '' end
if under_way[2] then
  local time = redis.call('TIME')
  age = time[1] * 1000 + math.floor(time[2] / 1000) - under_way[2]
end
return {uniqueid, redis.call('HGETALL', call), session, sealed or '', redis.call('PTTL', call), login, age}
