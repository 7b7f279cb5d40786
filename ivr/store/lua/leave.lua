-- An agent logs out: the log-in is gone, whatever is open for it looks again, and nobody counts on its member.
-- KEYS login (one for each mac key)   ARGV prefix
for _, login in ipairs(KEYS) do
  local whose = redis.call('HMGET', login, 'member', 'account')
  if whose[1] then
    redis.call('DEL', login)
    redis.call('PUBLISH', ARGV[1] .. 'changed', 'account:' .. (whose[2] or ''))
    local asterisk, interface = string.match(whose[1], '^([^:]*):(.*)$')
    if asterisk then
      redis.call('HDEL', ARGV[1] .. 'staff:' .. asterisk, interface)
      redis.call('PUBLISH', ARGV[1] .. 'changed', 'staff:' .. asterisk)
      redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. whose[1])
    end
  end
end
return 'left'
