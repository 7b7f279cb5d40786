"""web.oidc.party: proving who we are, opening what is encrypted, and when somebody logged in."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from cryptography.hazmat.primitives import serialization
from joserfc import jwe
from joserfc.jwk import ECKey, RSAKey
from multidict import MultiDict
from yarl import URL

from ivr.errors import ProviderError
from ivr.session.attributes import Secret
from tests.lab.citizens import PERSON
from tests.lab.false_provider import FalseProvider
from tests.lab.provider import CLIENT_ID, CLIENT_SECRET, SUBSTANTIAL, Provider, client
from web.oidc import key_file
from web.oidc.answer import Answer
from web.oidc.client import SecretInForm, SignedAssertion
from web.oidc.party import Party
from web.oidc.request import Binding, Question

if TYPE_CHECKING:
    from pathlib import Path

    from web.oidc.client import Client
    from web.oidc.key_file import PrivateKey
    from web.oidc.party import Proof

BACK = "http://127.0.0.1:9/back"
QUESTION = Question(state="state", language="nl", acr_values=(SUBSTANTIAL,), wanted=(("bsn",),))


@pytest.fixture(params=["RSA", "EC"])
def key(request: pytest.FixtureRequest, tmp_path: Path) -> PrivateKey:
    """A key of ours, from its file."""
    made = RSAKey.generate_key(2048) if request.param == "RSA" else ECKey.generate_key("P-256")
    pem = made.raw_value.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(pem)
    return key_file.read(tmp_path / "key.pem", "oidc.x.key_file")


async def log_in(known: Client, question: Question = QUESTION) -> Proof:
    """Through the provider's log-in as a browser goes, and what it proves."""
    party = Party(known, Binding(b"k" * 32))
    async with party.running(), aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        async with http.get(await party.address(question)) as page:
            action = page.url.join(URL((await page.text()).partition('action="')[2].partition('"')[0]))
        url: str | URL = action
        form: dict[str, str] | None = {"person": "kanarie", "acr": SUBSTANTIAL, "do": "login"}
        while not str(url).startswith(BACK):
            async with http.request(
                "POST" if form else "GET", url, data=form, allow_redirects=False
            ) as answer:
                url, form = answer.url.join(URL(answer.headers["Location"])), None
        return await party.redeem(Answer.of(MultiDict(URL(url).query)), question)


def jwks(key: PrivateKey, **more: str) -> dict[str, Any]:
    """The public half, as the provider is told."""
    return {"keys": [{**key.jwk.as_dict(private=False), "kid": "ours", **more}]}


@pytest.mark.tools
async def test_a_secret_in_the_form_is_known() -> None:
    """``client_secret_post``."""
    async with Provider(BACK, token_endpoint_auth_method="client_secret_post") as provider:
        known = client(provider.issuer, BACK, SecretInForm(Secret(CLIENT_SECRET)))
        assert (await log_in(known)).acr == SUBSTANTIAL


@pytest.mark.tools
@pytest.mark.parametrize("for_endpoint", [False, True], ids=["for the issuer", "for the endpoint"])
async def test_a_signed_note_is_known(key: PrivateKey, for_endpoint: bool) -> None:
    """``private_key_jwt``, with either kind of key."""
    registered = {
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": key.algorithm,
        "jwks": jwks(key),
    }
    async with Provider(BACK, **registered) as provider:
        note = SignedAssertion(key=key, name="ours", for_endpoint=for_endpoint)
        proof = await log_in(client(provider.issuer, BACK, note))
    assert (proof.subject, proof.claims["bsn"]) == ("kanarie", PERSON["bsn"])


@pytest.mark.tools
async def test_what_is_encrypted_for_us_is_opened(key: PrivateKey) -> None:
    """ID token and UserInfo, signed and then encrypted, as itsme sends them."""
    alg = "RSA-OAEP" if key.algorithm == "RS256" else "ECDH-ES"
    sealed = {
        f"{what}_encrypted_response_{part}": value
        for what in ("id_token", "userinfo")
        for part, value in (("alg", alg), ("enc", "A128CBC-HS256"))
    }
    known = {**sealed, "userinfo_signed_response_alg": "RS256", "jwks": jwks(key, use="enc")}
    async with Provider(BACK, claims=False, **known) as provider:
        proof = await log_in(replace(client(provider.issuer, BACK), opens_with=key))
    assert proof.claims["bsn"] == PERSON["bsn"]


async def test_what_should_be_encrypted_and_is_not_is_refused(key: PrivateKey) -> None:
    """Nor is what was encrypted for somebody else, or is not signed inside."""
    other = RSAKey.generate_key(2048)
    async with FalseProvider(BACK) as provider:
        known = replace(client(provider.issuer, BACK), opens_with=key)
        for sign in (
            provider.signed,
            lambda _: jwe.encrypt_compact({"alg": "RSA-OAEP", "enc": "A128GCM"}, b"{}", other),
            lambda _: "a.b.c.d.e",
        ):
            provider.sign = sign
            with pytest.raises(ProviderError) as caught:
                await false_log_in(known)
            assert caught.value.reason == "token"


async def false_log_in(known: Client) -> Proof:
    """The same at a provider that asks nobody anything."""
    party = Party(known, Binding(b"k" * 32))
    async with party.running(), aiohttp.ClientSession() as http:
        async with http.get(await party.address(QUESTION), allow_redirects=False) as answer:
            back = URL(answer.headers["Location"])
        return await party.redeem(Answer.of(MultiDict(back.query)), QUESTION)


@pytest.mark.parametrize("off", [-700, 700])
async def test_who_logged_in_too_long_ago_must_do_so_again(off: int) -> None:
    """Or at a time that has not come yet."""
    await refused_when_logged_in(time.time() + off)


@pytest.mark.parametrize("at", [None, 0, "now", True, float("nan"), 10**400])
async def test_who_does_not_say_when_must_log_in_again(at: object) -> None:
    """A moment that is none says nothing."""
    await refused_when_logged_in(at)


async def refused_when_logged_in(at: object) -> None:
    """Log in with this for a moment, where ten minutes are allowed."""
    async with FalseProvider(BACK) as provider:
        provider.claims["auth_time"] = at
        with pytest.raises(ProviderError) as caught:
            await false_log_in(replace(client(provider.issuer, BACK), max_age=600))
    assert caught.value.reason == "claim-auth_time"


async def test_when_somebody_logged_in_is_told() -> None:
    """By the provider; else it is now."""
    async with FalseProvider(BACK) as provider:
        began = time.time()
        assert (await false_log_in(client(provider.issuer, BACK))).at >= began
        provider.claims["auth_time"] = int(began) - 300
        known = replace(client(provider.issuer, BACK), max_age=600)
        assert (await false_log_in(known)).at == int(began) - 300
        assert provider.asked[-1]["max_age"] == "600"


@pytest.mark.req("S4")
async def test_the_page_to_log_out_at_is_told_and_who_asks() -> None:
    """With the way back; a provider without such a page has no address."""
    async with FalseProvider(BACK) as provider:
        provider.metadata["end_session_endpoint"] = f"{provider.issuer}/end?x=1"
        assert await _goodbye(provider) == URL(f"{provider.issuer}/end").with_query(
            x="1", client_id=CLIENT_ID, post_logout_redirect_uri=BACK
        )
        del provider.metadata["end_session_endpoint"]
        assert await _goodbye(provider) == URL()


async def test_an_unsafe_page_to_log_out_at_is_refused() -> None:
    """As every door that is out in the open."""
    async with FalseProvider(BACK) as provider:
        provider.metadata["end_session_endpoint"] = "http://example.nl/end"
        with pytest.raises(ProviderError):
            await _goodbye(provider)


async def _goodbye(provider: FalseProvider) -> URL:
    party = Party(client(provider.issuer, BACK), Binding(b"k" * 32))
    async with party.running():
        return URL(await party.goodbye(BACK))
