-- Whose log-in this is; it was used just now, so its idle time starts again, up to its end.
-- KEYS login (one for each mac key)   ARGV idle in ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for index, login in ipairs(KEYS) do
  local found = redis.call('HMGET', login, 'agent', 'account', 'member', 'ends')
  if found[1] then
    redis.call('PEXPIRE', login, string.format('%d', math.min(ARGV[1], found[4] - now)))
    return {index, found[1], found[2], found[3]}
  end
end
return false
