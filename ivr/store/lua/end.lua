-- All log-ins that an account has are over: those that began before now. Whatever is open for them looks again, and
-- nobody counts on its member.
-- KEYS out   ARGV prefix, the longest that a log-in lasts in ms, account, member or nothing
local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'account:' .. ARGV[3])
local asterisk, interface = string.match(ARGV[4], '^([^:]*):(.*)$')
if asterisk then
  redis.call('HDEL', ARGV[1] .. 'staff:' .. asterisk, interface)
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'staff:' .. asterisk)
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[4])
end
return 'ended'
