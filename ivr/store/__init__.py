"""All that is kept, in Valkey or Redis (7 or later). The only room that knows redis.

Every step that must not be half done is one Lua script in ``lua/``; every key is listed in `keyspace`.
"""
