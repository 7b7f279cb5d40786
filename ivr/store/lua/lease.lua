-- Take or renew a lease; tells whether it is held now.
-- KEYS lease   ARGV token, life in ms
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
