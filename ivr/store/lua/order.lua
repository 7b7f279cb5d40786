-- An agent orders something for the call on the line; only one such step at a time.
-- KEYS member, call, orders   ARGV prefix, uniqueid, member, asterisk, order, orders' life in ms, mark that it makes,
--      marks under which nothing may begin, each with for how many ms it counts
local calls = redis.call('SMEMBERS', KEYS[1])
local call = redis.call('HMGET', KEYS[2], 'state', 'session', 'member', 'step', 'step_at')
if #calls ~= 1 or calls[1] ~= ARGV[2] or call[1] ~= 'connected' or call[2] ~= '' or call[3] ~= ARGV[3] then
  return 'gone'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 8, #ARGV, 2 do
  if call[4] == ARGV[i] and now - call[5] < tonumber(ARGV[i + 1]) then return 'busy' end
end
redis.call('HSET', KEYS[2], 'step', ARGV[7], 'step_at', now)
redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('RPUSH', KEYS[3], ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[6])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'orders:' .. ARGV[4])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[4] .. ':' .. ARGV[3])
return 'done'
