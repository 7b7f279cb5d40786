-- What one Asterisk says of its queues, by the one who holds its lease.
-- KEYS lease   ARGV prefix, lease's token, asterisk, life in ms, then for each queue: name, figures
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
local now = redis.call('TIME')[1]
for i = 5, #ARGV, 2 do
  local key = ARGV[1] .. 'queue:' .. ARGV[i]
  redis.call('HSET', key, ARGV[3], now .. ' ' .. ARGV[i + 1])
  redis.call('PEXPIRE', key, ARGV[4])
end
return 1
