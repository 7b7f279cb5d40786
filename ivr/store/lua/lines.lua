-- What each Asterisk lately said of some queues: a list for each. One that went silent counts no more.
-- KEYS lines   ARGV life in s
local now, found = redis.call('TIME')[1], {}
for i, key in ipairs(KEYS) do
  local fresh = {}
  for _, said in ipairs(redis.call('HVALS', key)) do
    local at, text = string.match(said, '^(%d+) (.*)$')
    if at and now - at < tonumber(ARGV[1]) then fresh[#fresh + 1] = text end
  end
  found[i] = fresh
end
return found
