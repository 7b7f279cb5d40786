-- An agent logs out: the log-in is gone, and whatever shows that member's call looks again.
-- KEYS login (one for each mac key)   ARGV prefix
for _, login in ipairs(KEYS) do
  local member = redis.call('HGET', login, 'member')
  if member then
    redis.call('DEL', login)
    redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. member)
  end
end
return 'left'
