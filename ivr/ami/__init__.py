"""The manager connection (AMI): what Asterisk tells us of calls, and the little that we ask of it.

Layers, each importing only those above it::

    limits     every size and every wait that the other side controls
    tally      what is counted
    wire       PURE: bytes in, whole messages out; actions as bytes
    events     PURE: what can come out of it
    table      PURE: which messages become which events
    answers    actions under way, deadlines
    protocol   one connection
    link       panoramisk's Manager on that protocol: log in, follow, connect again
    picture    PURE: one moment of an Asterisk, from its lists
    survey     PURE: the figures of its queues, from the same
    surveyor   looks at the queues every few moments
    tracker    from events and pictures to where each call is
"""
