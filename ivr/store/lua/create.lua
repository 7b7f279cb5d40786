-- A new session, and the ticket that its citizen holds.
-- KEYS session, ticket
-- ARGV id, purpose, language, mac of the ticket, life in ms, tombstone in ms, prefix, call under way (or '')
local time = redis.call('TIME')
local created = time[1] + time[2] / 1e6
redis.call('HSET', KEYS[1], 'purpose', ARGV[2], 'language', ARGV[3], 'ticket', ARGV[4],
  'identification', 'pending', 'call', 'awaited', 'version', 1,
  'created', string.format('%.3f', created), 'expires', string.format('%.3f', created + ARGV[5] / 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[5] + ARGV[6])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[5] + ARGV[6])
if ARGV[8] ~= '' then
  redis.call('HSET', KEYS[1], 'bound', ARGV[8])
  local call = ARGV[7] .. 'call:' .. ARGV[8]
  if redis.call('EXISTS', call) == 1 then redis.call('HSET', call, 'wanted', ARGV[1]) end
end
return 1
