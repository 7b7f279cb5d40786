-- The telephone in a page gets a proof to show, which lives and dies with the log-in that it was made for.
-- KEYS login, phone   ARGV proof, login's mac, longest in ms
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSET', KEYS[1], 'phone', ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 'issued'
