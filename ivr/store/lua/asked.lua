-- The call under way that a short address is for, and the purpose; nothing once that is over or identified.
-- KEYS link   ARGV prefix, number
local id = redis.call('GET', KEYS[1])
if not id then return false end
local call = redis.call('HMGET', ARGV[1] .. 'call:' .. id, 'session', 'asked', 'link')
if call[1] ~= '' or call[3] ~= ARGV[2] then return false end
return {id, call[2]}
