-- The figures of queues today, a list for each, and which quarter of an hour it is.
-- KEYS a key of ours   ARGV prefix, seconds by which the clock is ahead of UTC, queue …
local clock = redis.call('TIME')[1] + ARGV[2]
local day, found = string.format('%d', math.floor(clock / 86400)), {}
for i = 3, #ARGV do
  found[#found + 1] = redis.call('HGETALL', ARGV[1] .. 'today:' .. day .. ':' .. ARGV[i])
end
return {math.floor(clock % 86400 / 900), found}
