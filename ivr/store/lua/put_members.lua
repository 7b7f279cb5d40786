-- How queue members of one Asterisk stand, by the one who holds its lease. Who changed is woken, and who looks on.
-- KEYS lease, members   ARGV prefix, lease's token, asterisk, life in ms (or '' when this is not all that is known),
--      whether agents may change it (or ''), then for each: interface, how it stands (or '' when it is no member)
if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
if ARGV[4] == '' and redis.call('EXISTS', KEYS[2]) == 0 then return 0 end -- the next look tells of all
local changed = 0
for i = 6, #ARGV, 2 do
  local before = redis.call('HGET', KEYS[2], ARGV[i]) or ''
  if before ~= ARGV[i + 1] then
    if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i])
    else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
    redis.call('PUBLISH', ARGV[1] .. 'changed', 'standing:' .. ARGV[3] .. ':' .. ARGV[i])
    changed = changed + 1
  end
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 'may', ARGV[5]) end
if ARGV[4] ~= '' then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
if changed > 0 then redis.call('PUBLISH', ARGV[1] .. 'changed', 'floor') end
return changed
