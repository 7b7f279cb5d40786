-- An agent orders something about their own standing.
-- KEYS orders   ARGV prefix, asterisk, order, orders' life in ms, how many may wait
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[5]) then return 'full' end
redis.call('RPUSH', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'orders:' .. ARGV[2])
return 'done'
