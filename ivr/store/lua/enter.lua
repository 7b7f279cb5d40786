-- An agent logs in. Log-ins of the account that are over are forgotten: who logs in each day has no list that grows.
-- KEYS login, logins of the account   ARGV idle in ms, longest in ms, login's mac, agent, account, member, way, roles,
--      display name
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%d', now + ARGV[2])
redis.call('HSET', KEYS[1], 'agent', ARGV[4], 'account', ARGV[5], 'member', ARGV[6], 'way', ARGV[7],
  'roles', ARGV[8], 'display_name', ARGV[9], 'ends', ends)
redis.call('PEXPIRE', KEYS[1], math.min(ARGV[1], ARGV[2]))
local stem = string.sub(KEYS[1], 1, -#ARGV[3] - 1)
for _, mac in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  if redis.call('EXISTS', stem .. mac) == 0 then redis.call('SREM', KEYS[2], mac) end
end
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 'entered'
