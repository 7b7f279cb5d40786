"""The agents' pages: accounts, log-in, and the desktop that shows the call that is theirs now.

Knows agents, their queue members and what they may see. Never knows codes, nor how to start a session.
"""
