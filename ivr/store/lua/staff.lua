-- Who is at a desktop now, and in which queues they belong. Who was not heard of for too long is forgotten.
-- KEYS staff
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, present = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local till, queues = string.match(all[i + 1], '^(%d+) (.*)$')
  if till and tonumber(till) > now then
    present[#present + 1] = all[i]
    present[#present + 1] = queues
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return present
