-- The session behind a ticket, whether its call (or the one that it is for) still has a record, and where that
-- waits.
-- KEYS ticket (one for each mac key)   ARGV prefix
for _, ticket in ipairs(KEYS) do
  local id = redis.call('GET', ticket)
  if id then
    local fields = redis.call('HGETALL', ARGV[1] .. 'session:' .. id)
    local of = redis.call('HMGET', ARGV[1] .. 'session:' .. id, 'call_id', 'bound')
    local says = of[1] and redis.call('HMGET', ARGV[1] .. 'call:' .. of[1], 'session', 'ahead', 'minutes') or {}
    local lives = says[1] == id or (not of[1] and of[2] and redis.call('EXISTS', ARGV[1] .. 'call:' .. of[2]) == 1)
    local time = redis.call('TIME')
    local now = string.format('%.3f', time[1] + time[2] / 1e6)
    return {id, fields, lives and 1 or 0, now, says[2] or '', says[3] or ''}
  end
end
return false
