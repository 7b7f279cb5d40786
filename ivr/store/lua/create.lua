-- A new session, and the ticket that its citizen holds.
-- KEYS session, ticket   ARGV id, purpose, language, life in ms, tombstone in ms
local now = redis.call('TIME')
local created = now[1] + now[2] / 1e6
redis.call('HSET', KEYS[1], 'purpose', ARGV[2], 'language', ARGV[3], 'identification', 'pending',
  'call', 'awaited', 'version', 1, 'created', string.format('%.3f', created),
  'expires', string.format('%.3f', created + ARGV[4] / 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[4] + ARGV[5])
return 1
