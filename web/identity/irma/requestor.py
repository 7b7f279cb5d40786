"""Who we are to the IRMA server: how a request for a session is signed.

Three ways (Yivi docs, "irma server", requestor authentication): a token in the header, or the request in a
JWT signed with a shared key (HS256) or with our own (RS256). Or none, for a server that is ours alone.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

SUBJECT: Final = "verification_request"
REQUEST: Final = "sprequest"
MIN_KEY_BYTES: Final = 32
MIN_RSA_BITS: Final = 2048
ALGORITHMS: Final = {"hmac": "HS256", "public-key": "RS256"}


@dataclass(frozen=True, slots=True)
class Post:
    """What goes to the server."""

    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


class Requestor:
    """Signs requests. ``secret`` is as `ivr.settings.irma` describes it.

    Raises:
        SettingsError: the secret is not one for this way.

    """

    def __init__(
        self, name: str, authentication: str, secret: str, *, now: Callable[[], float] = time.time
    ) -> None:
        self._name = name
        self._way = authentication
        self._now = now
        self._key = _KEYS[authentication](secret)

    def sign(self, request: dict[str, Any]) -> Post:
        """Return the request, ready to send."""
        if self._way in ALGORITHMS:
            claims = {"iss": self._name, "sub": SUBJECT, "iat": int(self._now()), REQUEST: request}
            token = jwt.encode(claims, self._key, algorithm=ALGORITHMS[self._way])
            return Post(token.encode(), {"Content-Type": "text/plain"})
        headers = {"Content-Type": "application/json"}
        if self._way == "token":
            headers["Authorization"] = self._key
        return Post(json.dumps(request).encode(), headers)


def _none(_secret: str) -> str:
    return ""


def _token(secret: str) -> str:
    if not secret or not (secret.isascii() and secret.isprintable()):
        raise SettingsError(
            "irma.secret: is not a token. Set irma.secret_file to a file that holds this requestor's key in "
            "the IRMA server's settings; or irma.authentication to what that server expects"
        )
    return secret


def _hmac(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.replace("-", "+").replace("_", "/") + "==", validate=False)
    except binascii.Error:
        key = b""
    if len(key) < MIN_KEY_BYTES:
        raise SettingsError(
            f"irma.secret: for hmac it must be {MIN_KEY_BYTES} bytes or more in base64, for example from: "
            "openssl rand -base64 32"
        )
    return key


def _rsa(secret: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(secret.encode(), None)
    except (TypeError, ValueError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_RSA_BITS:
        raise SettingsError(
            f"irma.secret: for public-key it must be an RSA key of {MIN_RSA_BITS} bits or more without a "
            "passphrase, as PEM, for example from: openssl genrsa 2048"
        )
    return key


_KEYS: Final[dict[str, Callable[[str], Any]]] = {
    "none": _none,
    "token": _token,
    "hmac": _hmac,
    "public-key": _rsa,
}
