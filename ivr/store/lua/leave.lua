-- An agent logs out: the log-in is gone, and whatever is open for it looks again.
-- KEYS login (one for each mac key)   ARGV prefix
for _, login in ipairs(KEYS) do
  local whose = redis.call('HMGET', login, 'member', 'account')
  if whose[1] then
    redis.call('DEL', login)
    redis.call('PUBLISH', ARGV[1] .. 'changed', 'account:' .. (whose[2] or ''))
    if whose[1] ~= '' then redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. whose[1]) end
  end
end
return 'left'
