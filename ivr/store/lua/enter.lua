-- An agent logs in.
-- KEYS login   ARGV idle in ms, longest in ms, agent, account, member, way, roles, display name
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = string.format('%d', now + ARGV[2])
redis.call('HSET', KEYS[1], 'agent', ARGV[3], 'account', ARGV[4], 'member', ARGV[5], 'way', ARGV[6],
  'roles', ARGV[7], 'display_name', ARGV[8], 'begun', string.format('%d', now), 'ends', ends)
redis.call('PEXPIRE', KEYS[1], math.min(ARGV[1], ARGV[2]))
return 'entered'
