"""The domain: sessions, codes, purposes, attributes.

PURE: no sockets, no clock, no randomness of its own. Whoever calls passes the time and the random bytes.
"""
