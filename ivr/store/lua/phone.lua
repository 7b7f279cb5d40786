-- The proof of the telephone in a page, if the log-in that it was made for is there now and is still this member's.
-- KEYS phone   ARGV prefix, member
local mac = redis.call('GET', KEYS[1])
if not mac then return false end
local login = redis.call('HMGET', ARGV[1] .. 'login:' .. mac, 'phone', 'agent', 'account', 'member')
if not login[1] or login[4] ~= ARGV[2] then return false end
return {login[1], login[2], login[3]}
