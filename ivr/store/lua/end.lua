-- All log-ins that an account has are gone. Whatever is open for them looks again, and nobody counts on its member.
-- KEYS logins of the account   ARGV prefix, account, member or nothing
for _, mac in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', ARGV[1] .. 'login:' .. mac) end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'account:' .. ARGV[2])
local asterisk, interface = string.match(ARGV[3], '^([^:]*):(.*)$')
if asterisk then
  redis.call('HDEL', ARGV[1] .. 'staff:' .. asterisk, interface)
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'staff:' .. asterisk)
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[3])
end
return 'ended'
