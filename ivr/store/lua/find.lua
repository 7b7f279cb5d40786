-- The session behind a ticket, and whether its call still has a record.
-- KEYS ticket (one for each mac key)   ARGV prefix
for _, ticket in ipairs(KEYS) do
  local id = redis.call('GET', ticket)
  if id then
    local fields = redis.call('HGETALL', ARGV[1] .. 'session:' .. id)
    local call = redis.call('HGET', ARGV[1] .. 'session:' .. id, 'call_id')
    local followed = call and redis.call('HGET', ARGV[1] .. 'call:' .. call, 'session') == id
    local time = redis.call('TIME')
    return {id, fields, followed and 1 or 0, string.format('%.3f', time[1] + time[2] / 1e6)}
  end
end
return false
