"""FastAGI, our own: Asterisk connects for each call, and we ask it to play, to listen and to set variables.

Layers, each importing only those above it::

    limits     every size and every wait that the other side controls
    events     what can come out of a conversation: the request, replies, the hangup, the end
    commands   what we may send, as bytes
    parse      what a header block, and a reply, says
    wire       PURE: bytes in, events out, by one table
    link       one connection: the wire on a socket, with deadlines
    dialogue   what a call flow may ask of a call
    server     many links, bounded
"""

from ivr.agi.dialogue import Dialogue
from ivr.agi.events import Reply, Request
from ivr.agi.limits import AgiLimits
from ivr.agi.server import AgiServer, AgiTally

__all__ = ["AgiLimits", "AgiServer", "AgiTally", "Dialogue", "Reply", "Request"]
