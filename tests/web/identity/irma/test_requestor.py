"""web.identity.irma.requestor: each way to say who we are, as the real server takes it."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization as pem
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ivr.errors import IdentityError, SettingsError
from tests.lab.yivi import CARD, IrmaServer
from web.identity.irma.requestor import Requestor
from web.identity.irma.server import IrmaServer as Api

if TYPE_CHECKING:
    from pathlib import Path

KEY = base64.b64encode(b"k" * 32).decode()
TOKEN = "a token of the server's settings"
REQUEST: dict[str, Any] = {
    "request": {
        "@context": "https://irma.app/ld/request/disclosure/v2",
        "disclose": [[[f"{CARD}.studentID"]]],
    },
    "timeout": 60,
}


def private(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """A private key as it stands in a file."""
    return key.private_bytes(pem.Encoding.PEM, pem.PrivateFormat.PKCS8, pem.NoEncryption()).decode()


def public(key: rsa.RSAPrivateKey) -> str:
    """Its public half."""
    return key.public_key().public_bytes(pem.Encoding.PEM, pem.PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    """A key of ours."""
    return rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("way", ["token", "hmac", "public-key"])
async def test_a_real_server_knows_us_and_no_other(tmp_path: Path, key: rsa.RSAPrivateKey, way: str) -> None:
    """With the right secret it begins a session, with a wrong one it does not."""
    other = rsa.generate_private_key(65537, 2048)
    secrets = {"token": TOKEN, "hmac": KEY, "public-key": private(key)}
    wrong = {
        "token": TOKEN[:-1],
        "hmac": base64.b64encode(b"x" * 32).decode(),
        "public-key": private(other),
    }
    known = {
        "token": {"auth_method": "token", "key": TOKEN},
        "hmac": {"auth_method": "hmac", "key": KEY},
        "public-key": {"auth_method": "publickey", "key": public(key)},
    }
    async with IrmaServer(tmp_path, requestors={"idbellen": known[way]}) as server:
        api = Api(server.url, Requestor("idbellen", way, secrets[way]), seconds=5)
        stranger = Api(server.url, Requestor("idbellen", way, wrong[way]), seconds=5)
        nobody = Api(server.url, Requestor("idbellen", "none", ""), seconds=5)
        async with api.running(), stranger.running(), nobody.running():
            begun: Any = await api.start(REQUEST)
            assert await api.status(begun["token"]) == "INITIALIZED"
            for refused in (stranger, nobody):
                with pytest.raises(IdentityError):
                    await refused.start(REQUEST)


def test_a_signed_request_names_us_what_it_is_for_and_when(key: rsa.RSAPrivateKey) -> None:
    """As the server's makers ask for."""
    for requestor, opens, algorithm in (
        (Requestor("us", "hmac", KEY, now=lambda: 1000.9), b"k" * 32, "HS256"),
        (Requestor("us", "public-key", private(key), now=lambda: 1000.9), key.public_key(), "RS256"),
    ):
        post = requestor.sign(REQUEST)
        assert post.headers == {"Content-Type": "text/plain"}
        claims = jwt.decode(
            post.body, opens, algorithms=[algorithm], options={"verify_iat": False, "verify_sub": False}
        )
        assert claims == {"iss": "us", "sub": "verification_request", "iat": 1000, "sprequest": REQUEST}


def test_a_token_stands_in_the_header_and_none_sends_nothing() -> None:
    """The request itself is plain."""
    post = Requestor("us", "token", TOKEN).sign(REQUEST)
    assert (json.loads(post.body), post.headers["Authorization"]) == (REQUEST, TOKEN)
    assert "Authorization" not in Requestor("us", "none", "").sign(REQUEST).headers
    assert TOKEN not in repr(post)


@pytest.mark.parametrize(
    ("way", "secret", "says"),
    [
        ("token", "", "is not a token"),
        ("token", "two\nlines", "is not a token"),
        ("hmac", "", "for hmac"),
        ("hmac", base64.b64encode(b"short").decode(), "32 bytes or more"),
        ("public-key", "", "RSA key"),
        ("public-key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "RSA key"),
        ("public-key", private(ec.generate_private_key(ec.SECP256R1())), "RSA key"),
        ("public-key", private(rsa.generate_private_key(65537, 1024)), "2048 bits"),  # noqa: S505 - refused
    ],
)
def test_a_secret_that_is_none_is_told_at_start(way: str, secret: str, says: str) -> None:
    """Which setting, why, how to make a good one; and nothing of what it was."""
    with pytest.raises(SettingsError, match=says) as refusal:
        Requestor("us", way, secret)
    assert str(refusal.value).startswith("irma.secret: ")
    assert not secret or secret not in str(refusal.value)
