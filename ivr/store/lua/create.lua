-- A new session, and the ticket that its citizen holds.
-- KEYS session, ticket   ARGV id, purpose, language, mac of the ticket, life in ms, tombstone in ms
local time = redis.call('TIME')
local created = time[1] + time[2] / 1e6
redis.call('HSET', KEYS[1], 'purpose', ARGV[2], 'language', ARGV[3], 'ticket', ARGV[4],
  'identification', 'pending', 'call', 'awaited', 'version', 1,
  'created', string.format('%.3f', created), 'expires', string.format('%.3f', created + ARGV[5] / 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[5] + ARGV[6])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[5] + ARGV[6])
return 1
