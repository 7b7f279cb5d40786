"""web.oidc.key_file: what is no private key is named, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from joserfc.jwk import OKPKey, RSAKey

from ivr.errors import SettingsError
from web.oidc import key_file

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC = RSAKey.generate_key(2048).as_pem(private=False)
STRANGE = OKPKey.generate_key("Ed25519").as_pem(private=True)


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "cannot be read (FileNotFoundError)"),
        (b"", "holds no private key in PEM"),
        (b"kanarie-geheim", "holds no private key in PEM"),
        (PUBLIC, "holds no private key in PEM"),
        (STRANGE, "holds another kind of key. For example, this makes one: openssl"),
    ],
    ids=["absent", "empty", "text", "public", "of another kind"],
)
def test_what_is_no_key_is_refused_by_the_name_of_its_setting(
    tmp_path: Path, text: bytes | None, why: str
) -> None:
    """And not by what is in it."""
    file = tmp_path / "key.pem"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(SettingsError) as caught:
        key_file.read(file, "oidc.itsme.key_file")
    assert str(caught.value).startswith("oidc.itsme.key_file: ")
    assert why in str(caught.value)
    assert "kanarie" not in str(caught.value)


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    """In a log or a traceback."""
    file = tmp_path / "key.pem"
    file.write_bytes(RSAKey.generate_key(2048).as_pem(private=True))
    assert repr(key_file.read(file, "x")) == "PrivateKey(algorithm='RS256')"
