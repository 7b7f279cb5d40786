-- An agent asks the caller on the line to log in: the short address leads to this call.
-- KEYS member, call, link   ARGV prefix, uniqueid, member, call id, purpose, number, link's life in ms,
--      marks under which nothing may begin, each with for how many ms it counts
local prefix = ARGV[1]
local calls = redis.call('SMEMBERS', KEYS[1])
local call = redis.call('HMGET', KEYS[2], 'state', 'session', 'member', 'link', 'step', 'step_at')
if #calls ~= 1 or calls[1] ~= ARGV[2] or call[1] ~= 'connected' or call[2] ~= '' or call[3] ~= ARGV[3] then
  return 'gone'
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 8, #ARGV, 2 do
  if call[5] == ARGV[i] and now - call[6] < tonumber(ARGV[i + 1]) then return 'busy' end
end
if redis.call('EXISTS', KEYS[3]) == 1 then return 'taken' end
if call[4] then redis.call('DEL', prefix .. 'link:' .. call[4]) end
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[7])
redis.call('HSET', KEYS[2], 'asked', ARGV[5], 'link', ARGV[6], 'wrong', 0)
redis.call('HDEL', KEYS[2], 'wanted', 'step', 'step_at')
redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('PUBLISH', prefix .. 'changed', 'member:' .. string.sub(ARGV[4], 1, #ARGV[4] - #ARGV[2]) .. ARGV[3])
return 'done'
