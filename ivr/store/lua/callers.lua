-- For each call: the subject of its session and how far the identification is, or nothing twice. No more than that.
-- KEYS one of the calls   ARGV prefix, asterisk, uniqueid …
local found = {}
for i = 3, #ARGV do
  local session = redis.call('HGET', ARGV[1] .. 'call:' .. ARGV[2] .. ':' .. ARGV[i], 'session') or ''
  local says = session ~= '' and redis.call('HMGET', ARGV[1] .. 'session:' .. session, 'purpose', 'identification')
    or {}
  found[#found + 1] = says[1] or ''
  found[#found + 1] = says[2] or ''
end
return found
