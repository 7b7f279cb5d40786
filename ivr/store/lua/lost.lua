-- Which of these sessions stand as in a call, or are for a call, that has no record any more.
-- KEYS one of them   ARGV prefix, live states, session …
local lost = {}
for i = 3, #ARGV do
  local says = redis.call('HMGET', ARGV[1] .. 'session:' .. ARGV[i], 'call', 'call_id', 'bound')
  if says[1] and string.find(',' .. ARGV[2] .. ',', ',' .. says[1] .. ',', 1, true)
    and redis.call('HGET', ARGV[1] .. 'call:' .. (says[2] or ''), 'session') ~= ARGV[i]
    or says[1] == 'awaited' and says[3] and redis.call('EXISTS', ARGV[1] .. 'call:' .. says[3]) == 0 then
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
