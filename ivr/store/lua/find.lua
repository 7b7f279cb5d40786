-- The session behind a ticket, whether its call still has a record, and where that waits.
-- KEYS ticket (one for each mac key)   ARGV prefix
for _, ticket in ipairs(KEYS) do
  local id = redis.call('GET', ticket)
  if id then
    local fields = redis.call('HGETALL', ARGV[1] .. 'session:' .. id)
    local call = redis.call('HGET', ARGV[1] .. 'session:' .. id, 'call_id')
    local says = call and redis.call('HMGET', ARGV[1] .. 'call:' .. call, 'session', 'ahead', 'minutes') or {}
    local time = redis.call('TIME')
    local now = string.format('%.3f', time[1] + time[2] / 1e6)
    return {id, fields, says[1] == id and 1 or 0, now, says[2] or '', says[3] or ''}
  end
end
return false
