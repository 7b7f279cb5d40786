"""The domain, and telephony. Knows nothing of the web."""
