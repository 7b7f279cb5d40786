-- How far the identification of a call under way is. Tells whether there is such a call, not identified yet.
-- KEYS call   ARGV prefix, asterisk, mark
local call = redis.call('HMGET', KEYS[1], 'state', 'session', 'member', 'step')
if not call[1] or call[2] ~= '' then return 0 end
local time = redis.call('TIME')
redis.call('HSET', KEYS[1], 'step', ARGV[3], 'step_at', time[1] * 1000 + math.floor(time[2] / 1000))
if call[4] ~= ARGV[3] then
  redis.call('HINCRBY', KEYS[1], 'version', 1)
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[2] .. ':' .. call[3])
end
return 1
