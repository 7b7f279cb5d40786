"""Logging in with the Yivi app, by an IRMA server: other people's, see Yivi's docs, "API reference".

::

    asking   PURE: a purpose → what to ask of the app, card by card
    result   PURE: what the server says came back → attributes and level, or why not
    errand   PURE: what must be kept to fetch the result
    requestor        who we are to the server: token, HMAC or key
    server           its requestor API, bounded in time and size
    pickup           one look at a log-in: goes on, ended, or proven
    pages, provider  the citizen's page, and the log-in method
"""
