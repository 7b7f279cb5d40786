-- To which queues we have added a member, by the one who holds the lease.
-- KEYS lease, added   ARGV lease's token, interface, queues (or '' for none), life in ms
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[2], ARGV[2])
else redis.call('HSET', KEYS[2], ARGV[2], ARGV[3]) end
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
