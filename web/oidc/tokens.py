"""Signed tokens of a provider: opened, and an ID token checked (Core §3.1.3.7). Knows no network.

What is checked, by the steps of that section: 1 decryption · 2 ``iss`` · 3 ``aud``, ours alone · 4, 5 ``azp``
· 6, 7, 8 signature, by the one algorithm that was agreed · 9 ``exp`` · 10 ``iat`` · 11 ``nonce`` · 13
``auth_time``; and ``nbf``, ``sub`` and ``at_hash``. 12, ``acr``, is judged by who knows what it must be.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidKey, InvalidTag
from joserfc import jwe, jws
from joserfc.errors import ClaimError, JoseError
from joserfc.jwe import JWERegistry
from joserfc.jws import JWSRegistry
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from ivr.errors import ProviderError

if TYPE_CHECKING:
    from web.oidc.client import Client
    from web.oidc.key_file import PrivateKey
    from web.oidc.keys import Keys

Claims = dict[str, Any]

SKEW_SECONDS: Final = 60
"""How far the provider's clock may be from ours."""
MAX_SUBJECT: Final = 255
MAX_HEADER: Final = 16 * 1024
"""Bytes: some carry a chain of certificates, which is not looked at."""
ENCRYPTION: Final = (
    *("RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"),
    *("A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"),
)
"""No RSA1_5, whose padding tells on it, and no compression, whose size tells on it."""
MALFORMED: Final = (JoseError, InvalidKey, InvalidTag, ValueError, TypeError, KeyError, RecursionError)
"""What libraries raise about bytes that are no token."""


async def opened(token: str, client: Client, keys: Keys) -> Claims:
    """Return what a token says, once it is proven that the provider says it.

    Raises:
        ProviderError: not signed by it with the agreed algorithm, or not encrypted as agreed.

    """
    registry = JWSRegistry(algorithms=[client.algorithm], strict_check_header=False)
    registry.max_header_length = MAX_HEADER
    try:
        inner = _decrypted(token, client.opens_with) if client.opens_with else token.encode("ascii")
        signed = jws.extract_compact(inner, registry=registry)
        header = signed.headers()
    except MALFORMED:
        raise ProviderError("the provider's token is none", reason="token") from None
    if header.get("alg") != client.algorithm:
        raise ProviderError("signed in another way than was agreed", reason="algorithm")
    name = header.get("kid")
    key = await keys.find(name if isinstance(name, str) else None, client.algorithm)
    try:
        genuine = jws.validate_compact(signed, key, registry=registry)
        claims = json.loads(signed.payload) if genuine else None
    except MALFORMED:
        claims = None
    if not isinstance(claims, dict):
        raise ProviderError("the provider did not sign this", reason="signature")
    return claims


def check_id_token(claims: Claims, client: Client, nonce: str, access_token: str, now: float) -> None:
    """Pass if an ID token is for this log-in, at this moment.

    Raises:
        ProviderError: it is not; the reason is the first claim that is wrong.

    """
    essential: ClaimsOption = {"essential": True}
    registry = JWTClaimsRegistry(
        now=int(now),
        leeway=SKEW_SECONDS,
        iss={"essential": True, "value": client.issuer},
        **dict.fromkeys(("sub", "aud", "exp", "iat", "nonce"), essential),
    )
    try:
        registry.validate(claims)
    except ClaimError as error:
        raise ProviderError("a claim of the ID token is wrong", reason=f"claim-{error.claim}") from None
    _require("sub", len(claims["sub"]) <= MAX_SUBJECT)
    _require("aud", claims["aud"] in (client.id, [client.id]))
    _require("azp", claims.get("azp", client.id) == client.id)
    _require("nonce", _same(claims["nonce"], nonce))
    _require("at_hash", "at_hash" not in claims or _same(claims["at_hash"], _half(access_token, client)))
    if client.max_age is not None:
        at = moment(claims.get("auth_time"), now)
        _require("auth_time", at is not None and now - at <= client.max_age + SKEW_SECONDS)


def moment(value: object, now: float) -> float | None:
    """Return a time that was, in seconds since the epoch; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return min(float(value), now) if 0 < value <= now + SKEW_SECONDS else None


def _require(claim: str, holds: bool) -> None:
    if not holds:
        raise ProviderError("a claim of the ID token is wrong", reason=f"claim-{claim}")


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _half(access_token: str, client: Client) -> str:
    """Make ``at_hash``: the left half of the access token's hash, by the signature's own (Core §3.1.3.6)."""
    digest = hashlib.new(f"sha{client.algorithm[2:]}", access_token.encode()).digest()
    return urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def _decrypted(token: str, key: PrivateKey) -> bytes:
    registry = JWERegistry(algorithms=ENCRYPTION, strict_check_header=False)
    registry.max_protected_header_length = MAX_HEADER
    return jwe.decrypt_compact(token, key.jwk, registry=registry).plaintext or b""
