"""The same for other front ends, as JSON below ``/v1``: a municipality's own site or app. See docs/api.md.

Knows HTTP and how things look from outside; what is done is done by the citizens' parts and the store.
"""
