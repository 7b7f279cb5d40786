-- What each Asterisk lately said of a queue. One that went silent counts no more, though others keep the key.
-- KEYS queue   ARGV life in s
local now = redis.call('TIME')[1]
local fresh = {}
for index, said in ipairs(redis.call('HVALS', KEYS[1])) do
  local at, figures = string.match(said, '^(%d+) (.*)$')
  if now - at < tonumber(ARGV[1]) then fresh[#fresh + 1] = figures end
end
return fresh
