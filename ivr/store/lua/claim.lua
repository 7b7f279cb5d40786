-- A keyed code: consumed, bound to the call and answered, or charged to the guess budgets; all in one step.
-- Wrong, used and expired codes take the same way out.
-- KEYS budget of all, call, calls, code (one for each mac key)
-- ARGV prefix, call id, uniqueid, attempt's unique name, sources of a claim, macs of the extra digits (or ''),
--      limits, mac of the caller number (or ''), closed purposes (or ''),
--      for a call under way: the state that it makes, the member who must have it (or '' for whoever has), who
--      types what the caller reads out, and how often that may be wrong
-- limits: budget of all, its window in s, budget of a caller, its window in s, alive in ms, tombstone in ms, calls'
--      life in s; in one, as they are the same each time and each argument costs the one who asks
local prefix = ARGV[1]
local limits = {}
for limit in string.gmatch(ARGV[7], '%d+') do limits[#limits + 1] = tonumber(limit) end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local caller = ARGV[8] ~= '' and prefix .. 'budget:caller:' .. ARGV[8]

local function spent(key, most, window)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  return redis.call('ZCARD', key) >= most
end
local function charge(key, most, window)
  redis.call('ZADD', key, now, ARGV[4])
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - most) -- the newest that spend it are enough
  redis.call('EXPIRE', key, window)
end
local function listed(item, list) return string.find(',' .. list .. ',', ',' .. item .. ',', 1, true) end

local under_way, member = ARGV[10] ~= '' and ARGV[10], ARGV[11]
local call = redis.call('HMGET', KEYS[2], 'state', 'session', 'member', 'wrong')
if under_way then
  if not call[1] or call[2] ~= '' or (member ~= '' and (call[1] ~= under_way or call[3] ~= member)) then
    return {'gone'}
  end
  if member ~= '' and tonumber(call[4] or 0) >= tonumber(ARGV[12]) then return {'spent'} end
end

local guarded = spent(KEYS[1], limits[1], limits[2])
if caller then guarded = spent(caller, limits[3], limits[4]) or guarded end
-- Asked before the code is looked up, so that the question says nothing of the code.
if guarded and ARGV[6] == '' then return {'extra'} end

local id, code, twice
for i = 4, #KEYS do
  local found = redis.call('GET', KEYS[i])
  twice = twice or (found and id) -- drawn by two processes while the keys rotated: whose it is cannot be told
  if found then id, code = found, KEYS[i] end
end
local session = id and prefix .. 'session:' .. id
local fields = id and redis.call('HMGET', session, 'call', 'expires', 'extra', 'purpose', 'language',
  'bound', 'code', 'spoken')
local right = id and not twice and fields[1] and listed(fields[1], ARGV[5]) and tonumber(fields[2]) > now
  and (not guarded or listed(fields[3], ARGV[6]))
  and (call[2] or '') == '' and (not fields[6] or fields[6] == ARGV[2])
if not right then
  if under_way and member ~= '' then redis.call('HINCRBY', KEYS[2], 'wrong', 1) end
  charge(KEYS[1], limits[1], limits[2])
  if caller then charge(caller, limits[3], limits[4]) end
  return {'wrong'}
end
-- Nobody answers this subject now: the code stays as it is, for when somebody does.
if listed(fields[4], ARGV[9]) then return {'closed', fields[5]} end

redis.call('DEL', code)
if caller then redis.call('DEL', caller) end
if fields[8] then redis.call('DEL', prefix .. 'code:' .. fields[7], prefix .. 'code:' .. fields[8]) end
redis.call('HDEL', session, 'code', 'code_sealed', 'extra', 'spoken')
redis.call('HSET', session, 'call', 'claimed', 'call_id', ARGV[2])
redis.call('HINCRBY', session, 'version', 1)
redis.call('PEXPIRE', session, limits[6])
redis.call('PUBLISH', prefix .. 'changed', 'session:' .. id)
if under_way then
  -- Only the watcher prolongs the call's life: what is bound to it lives as long.
  redis.call('PEXPIRE', prefix .. 'sealed:' .. id, redis.call('PTTL', KEYS[2]))
  redis.call('HSET', KEYS[2], 'session', id)
  redis.call('HDEL', KEYS[2], 'asked', 'link', 'wanted', 'step', 'step_at', 'wrong')
  redis.call('HINCRBY', KEYS[2], 'version', 1)
  if call[1] == under_way then
    local at = string.sub(ARGV[2], 1, #ARGV[2] - #ARGV[3]) .. call[3]
    redis.call('HSET', session, 'call', under_way, 'member', at)
    redis.call('PUBLISH', prefix .. 'changed', 'member:' .. at)
  end
  return {'claimed', id, fields[4], fields[5]}
end
redis.call('PEXPIRE', prefix .. 'sealed:' .. id, limits[5])
if (call[3] or '') ~= '' then
  local at = string.sub(ARGV[2], 1, #ARGV[2] - #ARGV[3]) .. call[3]
  redis.call('SREM', prefix .. 'member:' .. at, ARGV[3])
  redis.call('PUBLISH', prefix .. 'changed', 'member:' .. at)
end
redis.call('HSET', KEYS[2], 'state', 'claimed', 'session', id, 'queue', '', 'member', '', 'number', '')
redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('PEXPIRE', KEYS[2], limits[5])
redis.call('SADD', KEYS[3], ARGV[3])
redis.call('EXPIRE', KEYS[3], limits[7])
return {'claimed', id, fields[4], fields[5]}
