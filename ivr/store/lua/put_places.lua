-- Where callers stand in their queue, by the one who holds the lease of their Asterisk. Only a call with a session
-- has a page that shows it, and only what changed is told.
-- KEYS lease   ARGV prefix, lease's token, asterisk, then for each caller: uniqueid, callers before, minutes (or '')
local prefix, asterisk = ARGV[1], ARGV[3]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
for i = 4, #ARGV, 3 do
  local id = asterisk .. ':' .. ARGV[i]
  local call = redis.call('HMGET', prefix .. 'call:' .. id, 'session', 'state', 'ahead', 'minutes')
  local waits = call[1] and call[1] ~= '' and call[2] == 'queued'
  if waits and (call[3] ~= ARGV[i + 1] or call[4] ~= ARGV[i + 2]) then
    redis.call('HSET', prefix .. 'call:' .. id, 'ahead', ARGV[i + 1], 'minutes', ARGV[i + 2])
    local session = prefix .. 'session:' .. call[1]
    if redis.call('HGET', session, 'call_id') == id then
      redis.call('HINCRBY', session, 'version', 1)
      redis.call('PUBLISH', prefix .. 'changed', 'session:' .. call[1])
    end
  end
end
return 1
