-- The session behind a ticket, and whether its call still has a record.
-- KEYS ticket (one for each mac key)   ARGV prefix
for _, ticket in ipairs(KEYS) do
  local id = redis.call('GET', ticket)
  if id then
    local fields = redis.call('HGETALL', ARGV[1] .. 'session:' .. id)
    local key = redis.call('HGET', ARGV[1] .. 'session:' .. id, 'call_id')
    local alive = key and redis.call('EXISTS', ARGV[1] .. 'call:' .. key) or 0
    local now = redis.call('TIME')
    return {id, fields, alive, string.format('%.3f', now[1] + now[2] / 1e6)}
  end
end
return false
