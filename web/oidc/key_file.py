"""A private key of ours, from its file. Never shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, RSAKey

from ivr.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE: Final = 1 << 14
CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A key, and the algorithm with which we sign by it."""

    jwk: RSAKey | ECKey = field(repr=False)
    algorithm: str


def read(path: Path, setting: str) -> PrivateKey:
    """Read a PEM file without a password; raise SettingsError, which names the setting, if it is none."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE)
        key = load_pem_private_key(text, password=None)
    except OSError as error:
        raise SettingsError(f"{setting}: {path} cannot be read ({type(error).__name__})") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SettingsError(f"{setting}: {path} holds no private key in PEM without a password") from None
    match key:
        case RSAPrivateKey():
            return PrivateKey(RSAKey.import_key(text), "RS256")
        case EllipticCurvePrivateKey() if key.curve.name in CURVES:
            return PrivateKey(ECKey.import_key(text), CURVES[key.curve.name])
        case _:
            raise SettingsError(
                f"{setting}: {path} holds another kind of key. For example, this makes one: "
                "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
            )
