"""Logging citizens in: one module for each way, behind the one protocol of `web.identity.protocol`."""
