"""One log-in as it is asked: the address to which the browser is sent (Core §3.1.2.1, RFC 7636).

What must be known again when the answer comes, the nonce and PKCE's verifier, is kept nowhere: both are made
from the state, under a key of ours, and made again. So there is nothing to lose when a process ends and
nothing to wipe, and any process can take the answer. Only the state travels; who knows it cannot make the
other two. The caller makes a new state for each log-in, and lets an answer in from the browser alone that was
sent, and once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yarl import URL

if TYPE_CHECKING:
    from web.oidc.claims import Path
    from web.oidc.client import Client
    from web.oidc.metadata import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One log-in."""

    state: str
    language: str
    acr_values: tuple[str, ...] = ()
    """Ways of logging in to ask for, best first; the provider is free to choose another."""
    acr_needed: tuple[str, ...] = ()
    """Those with which this log-in is worth anything; for providers that heed it."""
    wanted: tuple[Path, ...] = ()
    """The claims to ask for, beside those of the scopes; for providers that heed it."""


class Binding:
    """Makes what belongs to a state. ``key``: 32 bytes, for this use alone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def nonce(self, state: str) -> str:
        """Return what the ID token must repeat."""
        return self._made("nonce", state)

    def verifier(self, state: str) -> str:
        """Return what only we can show beside the code: 43 characters (RFC 7636 §4.1)."""
        return self._made("verifier", state)

    def _made(self, use: str, state: str) -> str:
        return _base64(hmac.digest(self._key, f"{use} {state}".encode(), hashlib.sha256))


def address(client: Client, provider: Metadata, question: Question, binding: Binding) -> str:
    """Return where to send the browser."""
    verifier = binding.verifier(question.state)
    fields = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": " ".join(client.scopes),
        "state": question.state,
        "nonce": binding.nonce(question.state),
        "code_challenge": _base64(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        "ui_locales": question.language,
        "acr_values": " ".join(question.acr_values),
        "max_age": "" if client.max_age is None else str(client.max_age),
        "claims": _claims(question) if provider.takes_claims else "",
    }
    given = {name: value for name, value in fields.items() if value}
    return str(URL(provider.authorization_endpoint).update_query(given))


def _claims(question: Question) -> str:
    """Ask for these claims alone (Core §5.5), by either way: the provider knows which it has."""
    wanted: dict[str, object] = {path[0]: {"essential": True} for path in question.wanted}
    needed = {"acr": {"essential": True, "values": question.acr_needed}} if question.acr_needed else {}
    return json.dumps({"id_token": {**wanted, **needed}, "userinfo": wanted})


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
