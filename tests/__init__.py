"""Tests, which mirror the packages; ``e2e`` and ``lab`` hold the real telephony."""
