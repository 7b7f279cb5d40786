-- An agent is at a desktop, by a log-in that is there: for as long as it lasts without another sign of them. Whoever
-- watches the Asterisk is woken when that is news.
-- KEYS staff, login   ARGV prefix, asterisk, interface, queues, life of all in ms
local life = redis.call('PTTL', KEYS[2])
if life <= 0 then return 'left' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[3]) or ''
local till, queues = string.match(before, '^(%d+) (.*)$')
redis.call('HSET', KEYS[1], ARGV[3], string.format('%d %s', now + life, ARGV[4]))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
if queues ~= ARGV[4] or tonumber(till) <= now then
  redis.call('PUBLISH', ARGV[1] .. 'changed', 'staff:' .. ARGV[2])
end
return 'done'
