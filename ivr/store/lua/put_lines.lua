-- Who waits in the queues of one Asterisk and what their members do, by the one who holds its lease. Who looks on is
-- woken when anything of it changed.
-- KEYS lease   ARGV prefix, lease's token, asterisk, life in ms, then for each queue: name, what is so
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
local now, changed = redis.call('TIME')[1], 0
for i = 5, #ARGV, 2 do
  local key = ARGV[1] .. 'line:' .. ARGV[i]
  local before = redis.call('HGET', key, ARGV[3]) or ''
  if string.match(before, '^%d+ (.*)$') ~= ARGV[i + 1] then changed = changed + 1 end
  redis.call('HSET', key, ARGV[3], now .. ' ' .. ARGV[i + 1])
  redis.call('PEXPIRE', key, ARGV[4])
end
if changed > 0 then redis.call('PUBLISH', ARGV[1] .. 'changed', 'lines') end
return changed
