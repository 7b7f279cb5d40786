-- All log-ins that an account has are over: those that began before now. Whatever is open for them looks again.
-- KEYS out   ARGV prefix, the longest that a log-in lasts in ms, account, member or nothing
local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'account:' .. ARGV[3])
if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[4]) end
return 'ended'
