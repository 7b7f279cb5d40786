"""A telephony lab: a real Asterisk and real SIP phones, for tests, the demo and the bench."""
