"""OpenID Connect, the side that asks: authorization code with PKCE, one provider a `Party`.

Knows protocols, not people: what a log-in is for, and what comes of it, its caller decides. Sources: OpenID
Connect Core 1.0 and Discovery 1.0; RFC 6749 (OAuth), 7636 (PKCE), 7523 (signed client assertions), 9207 (the
issuer in the answer) and 9700 (what attackers do about it).

::

    address → wire → kept → metadata, keys → tokens, request, answer → party
"""
