-- An agent opens the desktop in a window: it is the active one from now on, and the others look again.
-- KEYS screen   ARGV prefix, the window, for how many ms it stays active, member
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[1] .. 'changed', 'member:' .. ARGV[4])
return 'taken'
