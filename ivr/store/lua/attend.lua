-- An agent is at a desktop. Whoever watches the Asterisk is woken when that is news.
-- KEYS staff   ARGV prefix, asterisk, interface, queues, for how long in ms, life of all in ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[3]) or ''
local till, queues = string.match(before, '^(%d+) (.*)$')
redis.call('HSET', KEYS[1], ARGV[3], string.format('%d %s', now + ARGV[5], ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[6])
if queues ~= ARGV[4] or tonumber(till) <= now then
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'staff:' .. ARGV[2])
end
return 'done'
