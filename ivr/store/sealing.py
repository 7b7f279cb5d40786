"""Keys, and what is done with them: sealing values to one owner, and macs to look secrets up by.

A sealed value is AES-256-GCM under a key derived (HKDF-SHA256, RFC 5869) for that one owner, and bound to
its context by the additional data; moved to another session or purpose it does not open. Key files rotate:
the first key seals, all open.

There are two key files. ``seal`` is the web's alone and guards attributes: telephony cannot open them.
``code`` is shared and guards codes, tickets and callers' numbers.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.errors import SealError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MAX_KEYS: Final = 16
MAX_FILE: Final = 1 << 14
"""Bytes of a key file, comments too."""
_LINE: Final = re.compile(r"([a-z0-9]{1,16}):([A-Za-z0-9+/=]{1,64})")


class KeySet:
    """Named keys; the first is the one that seals. Never shows them."""

    __slots__ = ("_keys", "active")

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = dict(keys)
        self.active = next(iter(keys))

    @classmethod
    def draw(cls) -> KeySet:
        """Make a key set with one new key."""
        return cls({secrets.token_hex(4): secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def read(cls, path: Path) -> KeySet:
        """Read a key file: lines of ``name:base64``, the newest first; raise SettingsError if it is none."""
        try:
            with path.open("rb") as file:
                return cls(_parse(file.read(MAX_FILE + 1).decode("ascii")))
        except FileNotFoundError:
            raise SettingsError(f"key file {path} does not exist; make it with: idbellen keys") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"key file {path} cannot be read: {type(error).__name__}") from None
        except ValueError as error:
            raise SettingsError(f"key file {path}: {error}") from None

    def to_text(self) -> str:
        """Write the set as a key file's text."""
        return "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in self._keys.items())

    def derive(self, name: str, info: str) -> bytes:
        """Return the key for one use; raise SealError if the set has no key of this name."""
        try:
            key = self._keys[name]
        except KeyError:
            raise SealError("sealed with a key that is not in the key file any more") from None
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"idbellen/{info}".encode()).derive(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __repr__(self) -> str:
        return f"KeySet({', '.join(self._keys)}: …)"


def _parse(text: str) -> dict[str, bytes]:
    """Return the keys of a key file; raise ValueError, without anything of the file, when it is none."""
    if len(text) > MAX_FILE:
        raise ValueError(f"it is larger than {MAX_FILE} bytes")
    keys: dict[str, bytes] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        key = _bytes(match[2]) if match else b""
        if not match or len(key) != KEY_BYTES:
            raise ValueError(f"a line is not `name:base64 of {KEY_BYTES} bytes`")
        if match[1] in keys:
            raise ValueError(f"there are two keys of the name {match[1]}")
        keys[match[1]] = key
    if not 0 < len(keys) <= MAX_KEYS:
        raise ValueError(f"it must hold 1 to {MAX_KEYS} keys, not {len(keys)}")
    return keys


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


class Sealer:
    """Seals bytes to one owner and context, and opens them again."""

    __slots__ = ("_keys",)

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    def seal(self, plain: bytes, owner: str, context: str) -> bytes:
        """Return an envelope: ``key name.nonce and ciphertext``."""
        name = self._keys.active
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self._keys.derive(name, f"seal/{owner}"))
        return name.encode() + b"." + nonce + cipher.encrypt(nonce, plain, f"{owner}|{context}".encode())

    def is_newest(self, envelope: bytes) -> bool:
        """Tell whether an envelope was sealed under the key that seals now."""
        return envelope.partition(b".")[0] == self._keys.active.encode()

    def open(self, envelope: bytes, owner: str, context: str) -> bytes:
        """Return what was sealed, or raise SealError: wrong key, owner, context, or a damaged envelope."""
        name, dot, body = envelope.partition(b".")
        if not dot or len(body) < NONCE_BYTES:
            raise SealError("this is not an envelope")
        cipher = AESGCM(self._keys.derive(name.decode("ascii", "replace"), f"seal/{owner}"))
        try:
            return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], f"{owner}|{context}".encode())
        except InvalidTag:
            raise SealError("the envelope does not open for this owner and context") from None


class Macs:
    """Turns a secret that someone shows into the name under which it is kept (HMAC-SHA256)."""

    __slots__ = ("_keyed",)

    def __init__(self, keys: KeySet, use: str) -> None:
        self._keyed = [hmac.new(keys.derive(name, f"mac/{use}"), digestmod="sha256") for name in keys]

    def first(self, secret: str) -> str:
        """Return the mac under the newest key: for writing."""
        return _mac(self._keyed[0], secret)

    def all(self, secret: str) -> list[str]:
        """Return the macs under every key, newest first: for finding what was written before a rotation."""
        return [_mac(keyed, secret) for keyed in self._keyed]


def _mac(keyed: hmac.HMAC, secret: str) -> str:
    mac = keyed.copy()  # to begin with the key anew takes OpenSSL longer than all the rest
    mac.update(secret.encode("utf-8", "surrogatepass"))
    return mac.hexdigest()
