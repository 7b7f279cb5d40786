-- Take all orders, by the one who holds this Asterisk's lease. One about a call that another member has by now is
-- dropped.
-- KEYS lease, orders   ARGV lease's token, prefix, asterisk
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {} end
local fit = {}
for _, text in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do
  local order = cjson.decode(text)
  local call = order.uniqueid
    and redis.call('HMGET', ARGV[2] .. 'call:' .. ARGV[3] .. ':' .. order.uniqueid, 'state', 'session', 'member')
  if not call or (call[1] == 'connected' and call[2] == '' and call[3] == order.interface) then
    fit[#fit + 1] = text
  end
end
redis.call('DEL', KEYS[2])
return fit
