-- An agent logs in.
-- KEYS login, logins of the account   ARGV idle in ms, longest in ms, login's mac, agent, account, member, way, roles,
--      display name
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%d', now + ARGV[2])
redis.call('HSET', KEYS[1], 'agent', ARGV[4], 'account', ARGV[5], 'member', ARGV[6], 'way', ARGV[7],
  'roles', ARGV[8], 'display_name', ARGV[9], 'ends', ends)
redis.call('PEXPIRE', KEYS[1], math.min(ARGV[1], ARGV[2]))
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 'entered'
