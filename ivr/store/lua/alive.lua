-- These calls were just seen in Asterisk: what belongs to them lives on.
-- KEYS lease   ARGV prefix, lease's token, asterisk, alive in ms, tombstone in ms, uniqueid …
local prefix = ARGV[1]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
local renewed = 0
for i = 6, #ARGV do
  local key = prefix .. 'call:' .. ARGV[3] .. ':' .. ARGV[i]
  local call = redis.call('HMGET', key, 'session', 'member')
  if call[1] then
    renewed = renewed + redis.call('PEXPIRE', key, ARGV[4])
    if call[1] ~= '' then
      redis.call('PEXPIRE', prefix .. 'sealed:' .. call[1], ARGV[4])
      redis.call('PEXPIRE', prefix .. 'session:' .. call[1], ARGV[5])
    end
    if call[2] ~= '' then
      local pointer = prefix .. 'member:' .. ARGV[3] .. ':' .. call[2]
      if redis.call('GET', pointer) == ARGV[i] then redis.call('PEXPIRE', pointer, ARGV[4]) end
    end
  end
end
return renewed
