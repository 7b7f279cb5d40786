-- Whose log-in this is; it was used just now, so its idle time starts again, up to its end.
-- KEYS login (one for each mac key)   ARGV idle in ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for index, login in ipairs(KEYS) do
  local found = redis.call('HMGET', login, 'ends', 'agent', 'account', 'member', 'way', 'roles', 'display_name')
  if found[1] then
    redis.call('PEXPIRE', login, string.format('%d', math.min(ARGV[1], found[1] - now)))
    return {index, found[2], found[3], found[4], found[5] or '', found[6] or '', found[7] or ''}
  end
end
return false
