-- What became of an order, for whoever gave it.
-- KEYS answer   ARGV prefix, order, what, life in ms
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'order:' .. ARGV[2])
return 'done'
