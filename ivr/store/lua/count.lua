-- What became of a caller, counted once in the figures of the day and the quarter in which they came: in the queue
-- where they came, or, when they went on unanswered, in the one where they did so last.
-- KEYS lease, call   ARGV prefix, lease's token, queue, what ('offered', 'served', 'abandoned'), seconds that the
--      caller waited as far as Asterisk knows, seconds by which the clock is ahead of UTC, logarithm of the buckets'
--      ratio, last bucket, seconds that are in time, life of a day in ms
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return 'fenced' end
local prefix, queue, what = ARGV[1], ARGV[3], ARGV[4]
local call = redis.call('HMGET', KEYS[2], 'session', 'offer', 'offered_at', 'fared')
if not call[1] then return 'unknown' end
if call[4] then return 'again' end
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local day, quarter, before, at

local function add(of, field, by)
  local key = prefix .. 'today:' .. day .. ':' .. of
  redis.call('HINCRBY', key, quarter .. ':' .. field, by)
  redis.call('PEXPIRE', key, ARGV[10])
end

if call[2] then
  day, quarter, before = string.match(call[2], '^(%d+) (%d+) (.*)$')
  at = tonumber(call[3])
else
  at = now - ARGV[5]
  local clock = math.floor(at) + ARGV[6]
  day, quarter = string.format('%d', math.floor(clock / 86400)), string.format('%d', math.floor(clock % 86400 / 900))
end
if before ~= queue then
  if before then add(before, 'o', -1) end
  add(queue, 'o', 1)
  redis.call('HSET', KEYS[2], 'offer', day .. ' ' .. quarter .. ' ' .. queue, 'offered_at', string.format('%.3f', at))
end
if what == 'offered' then return 'done' end

redis.call('HSET', KEYS[2], 'fared', what)
if what == 'abandoned' then
  add(queue, 'a', 1)
  return 'done'
end
local wait = math.max(now - at, 0)
add(queue, 's', 1)
if call[1] ~= '' and redis.call('HGET', prefix .. 'session:' .. call[1], 'identification') == 'verified' then
  add(queue, 'i', 1)
end
if wait <= tonumber(ARGV[9]) then add(queue, 't', 1) end
local bucket = wait >= 1 and math.min(1 + math.floor(math.log(wait) / ARGV[7]), tonumber(ARGV[8])) or 0
add(queue, 'w' .. string.format('%d', bucket), 1)
return 'done'
