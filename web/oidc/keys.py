"""The keys with which a provider signs (RFC 7517), as it rotates them. Knows algorithms; no claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from ivr.errors import ProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.oidc.kept import Kept

KINDS: Final[Mapping[str, type[RSAKey | ECKey]]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), RSAKey),
    **dict.fromkeys(("ES256", "ES384", "ES512"), ECKey),
}
"""Algorithms with a public key, and what kind of key each takes (RFC 7518 §3.1). There is no other: not
``none``, and none that shares a secret."""
MAX_KEYS: Final = 100
MIN_MODULUS: Final = 342
"""Characters of an RSA key of 2048 bits (RFC 7518 §3.3)."""

KeyMap = tuple["Mapping[str, object]", ...]
"""A key set as it came; a key is looked at when it is wanted, so a strange one beside it does no harm."""


def read(found: Mapping[str, object]) -> KeyMap:
    """Read a key set; raise ProviderError if it is none."""
    keys = found.get("keys")
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise ProviderError("the provider has no set of keys", reason="keys")
    return tuple(key for key in keys if isinstance(key, dict))


class Keys:
    """A provider's keys."""

    def __init__(self, kept: Kept[KeyMap]) -> None:
        self._kept = kept

    async def find(self, name: str | None, algorithm: str) -> RSAKey | ECKey:
        """Return the key of this name (``kid``), or without one the only key that fits (Core §10.1).

        When there is none, the set is fetched again, at most once in half a minute: keys rotate.

        Raises:
            ProviderError: there is still none, or it is not as it should be.

        """
        keys = await self._kept.get()
        found = _fitting(keys, name, algorithm) or _fitting(await self._kept.newer(keys), name, algorithm)
        if len(found) != 1:
            raise ProviderError("signed with a key that the provider does not have", reason="key")
        return _imported(found[0], algorithm)


def _fitting(keys: KeyMap, name: str | None, algorithm: str) -> KeyMap:
    kind = KINDS[algorithm].key_type
    fitting = [
        key
        for key in keys
        if key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
    ]
    return tuple(key for key in fitting if name is None or key.get("kid") == name)


def _imported(key: Mapping[str, object], algorithm: str) -> RSAKey | ECKey:
    public: dict[str, str | list[str]] = {name: part for name, part in key.items() if isinstance(part, str)}
    if key["kty"] == RSAKey.key_type and len(str(key.get("n"))) < MIN_MODULUS:
        raise ProviderError("the provider's key is too short", reason="key")
    try:
        return KINDS[algorithm].import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        raise ProviderError("the provider's key is none", reason="key") from None
