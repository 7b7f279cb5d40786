-- These calls were just seen in Asterisk: what belongs to them lives on.
-- KEYS lease, calls   ARGV prefix, lease's token, asterisk, alive in ms, tombstone in ms, calls' life in s, uniqueid …
local prefix = ARGV[1]
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
redis.call('EXPIRE', KEYS[2], ARGV[6])
local renewed = 0
for i = 7, #ARGV do
  local key = prefix .. 'call:' .. ARGV[3] .. ':' .. ARGV[i]
  local call = redis.call('HMGET', key, 'session', 'member', 'guests')
  if call[1] then
    renewed = renewed + redis.call('PEXPIRE', key, ARGV[4])
    if call[1] ~= '' then
      local session = prefix .. 'session:' .. call[1]
      redis.call('PEXPIRE', prefix .. 'sealed:' .. call[1], ARGV[4])
      redis.call('PEXPIRE', session, ARGV[5])
      redis.call('PEXPIRE', prefix .. 'ticket:' .. (redis.call('HGET', session, 'ticket') or ''), ARGV[5])
    end
    if call[3] then
      local guests = prefix .. 'guests:' .. ARGV[3] .. ':' .. ARGV[i]
      redis.call('PEXPIRE', guests, ARGV[4])
      for _, id in ipairs(redis.call('LRANGE', guests, 0, -1)) do
        redis.call('PEXPIRE', prefix .. 'sealed:' .. id, ARGV[4])
      end
    end
    if call[2] ~= '' then
      local pointer = prefix .. 'member:' .. ARGV[3] .. ':' .. call[2]
      for _, other in ipairs(redis.call('SMEMBERS', pointer)) do
        if other == ARGV[i] then redis.call('PEXPIRE', pointer, ARGV[4])
        elseif redis.call('EXISTS', prefix .. 'call:' .. ARGV[3] .. ':' .. other) == 0 then
          redis.call('SREM', pointer, other) -- whose end nobody saw
        end
      end
    end
  end
end
return renewed
