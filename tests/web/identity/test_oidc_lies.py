"""web.identity.oidc, with a provider that lies, and with people who bring what is not theirs.

Whatever comes back: the citizen reads a clear page and can go on, nobody is proven, nothing is kept.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from contextlib import AsyncExitStack
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import pytest
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from joserfc.jwk import RSAKey
from structlog.testing import capture_logs
from yarl import URL

from ivr.session.attributes import Secret
from ivr.session.model import Identification
from tests.lab import contents, guard
from tests.lab.citizens import PERSON
from tests.lab.false_provider import ABSENT, KEY, FalseProvider, base64, by_hand
from tests.lab.front import options
from tests.lab.provider import CLIENT_SECRET, LOW, SUBSTANTIAL, TAG, client, ways
from tests.lab.visitors import Shown, pages
from web import cookies
from web.identity.logins import Login, Logins
from web.identity.oidc import path, return_path
from web.oidc.wire import MAX_BYTES, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitor, Visitors

    Lie = Callable[[FalseProvider], object]

pytestmark = pytest.mark.req("S7", "S8")

SLOW_SECONDS: Final = 0.3
TOMORROW: Final = int(time.time()) + 86_400
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": KEY.kid, "use": "sig"}, auto_kid=False)
WEAK_KEY: Final = {"kty": "RSA", "kid": KEY.kid, "n": base64(b"x" * 128), "e": "AQAB"}
NO_KEY: Final = {"kty": "RSA", "kid": KEY.kid, "n": "!" * 400, "e": "!"}
PUBLIC_PEM: Final = KEY.as_pem(private=False)


@pytest.fixture
def port() -> int:
    """Where our pages are."""
    return guard.free_port()


@pytest.fixture
async def provider(port: int) -> AsyncIterator[FalseProvider]:
    """A provider that tells the truth until a test says otherwise."""
    async with FalseProvider(f"http://127.0.0.1:{port}{return_path(TAG)}") as running:
        yield running


@pytest.fixture
async def visitors(
    port: int, provider: FalseProvider, sessions: Sessions, feed: Feed, purposes: Purposes, store: Store
) -> AsyncIterator[Visitors]:
    """The citizens' pages, which give that provider little time."""
    known = client(provider.issuer, f"http://127.0.0.1:{port}{return_path(TAG)}")
    way = ways(known, store, Wire(seconds=SLOW_SECONDS))
    async with pages(sessions, feed, purposes, ways=way, port=port) as running:
        yield running


def onward(shown: Shown) -> str:
    """The address to which the page sends the browser."""
    found = re.search('http-equiv="refresh" content="0; url=([^"]+)"', shown.text)
    assert found, shown.text
    return unescape(found[1])


async def go(visitor: Visitor, address: str) -> Shown:
    """Follow an address to another site, and back to wherever that leads."""
    async with visitor.http.get(address) as answer:
        assert answer.url.host == "127.0.0.1", "the browser was left at the provider"
        return Shown(answer.status, answer.url.path_qs, await answer.text(), answer.headers)


async def log_in(visitor: Visitor) -> Shown:
    """From the subject to the provider and back."""
    shown = await visitor.start()
    return await go(visitor, onward(shown)) if path(TAG) in shown.path else shown


async def identification(sessions: Sessions, visitor: Visitor) -> Identification:
    """How it stands with this browser's session."""
    return (await sessions.find(Secret(visitor.cookie))).session.identification


async def nothing_is_kept(store: Store) -> None:
    """Nobody's data are in the store, sealed or not."""
    assert not await contents.holding(store.redis, list(PERSON.values()))
    assert not [key for key in await store.redis.keys("*") if b"sealed" in key]


def says(**claims: Any) -> Lie:
    """ID tokens with other claims."""
    return lambda provider: provider.claims.update(claims)


def signs(sign: Callable[[dict[str, Any]], str]) -> Lie:
    """ID tokens that are signed otherwise."""
    return lambda provider: setattr(provider, "sign", sign)


def tells(**metadata: Any) -> Lie:
    """Metadata that are otherwise."""
    return lambda provider: provider.metadata.update(metadata)


def brings(**answer: Any) -> Lie:
    """Another answer in the browser."""
    return lambda provider: provider.answer.update(answer)


def hands(**tokens: Any) -> Lie:
    """Another answer of the token endpoint."""
    return lambda provider: provider.tokens.update(tokens)


def adds(**claims: Any) -> Lie:
    """Another UserInfo."""
    return lambda provider: provider.userinfo.update(claims)


def instead(place: str, **answer: Any) -> Lie:
    """Something else at a path."""

    async def answering(_request: web.Request) -> web.StreamResponse:
        return web.Response(**answer)

    return lambda provider: provider.instead.update({place: answering})


def at_once(*lies: Lie) -> Lie:
    """More lies than one."""
    return lambda provider: [lie(provider) for lie in lies]


def refuses(error: str) -> Lie:
    """Nobody logged in, and why."""
    return brings(code=ABSENT, error=error)


def gives(*keys: object) -> Lie:
    """Other keys."""
    return instead(KEYS, text=json.dumps({"keys": [1, *keys]}))


def silent(place: str) -> Lie:
    """Nothing at a path, for as long as anybody waits."""

    def lie(provider: FalseProvider) -> None:
        async def answering(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"{")
            await provider.over.wait()
            return response

        provider.instead[place] = answering

    return lie


def hs256(key: bytes) -> Lie:
    """ID tokens by a shared secret."""
    return signs(
        lambda claims: by_hand({"alg": "HS256"}, claims, lambda text: hmac.digest(key, text, "sha256"))
    )


def rs256(key: RSAKey, **header: Any) -> Lie:
    """ID tokens by this key, and by SHA-512 where the header says so."""
    kind = hashes.SHA512() if header.get("alg") == "RS512" else hashes.SHA256()
    full = {"alg": "RS256", "kid": KEY.kid, **header}
    return signs(
        lambda claims: by_hand(full, claims, lambda text: key.raw_value.sign(text, PKCS1v15(), kind))
    )


DISCOVERY, KEYS, TOKEN, USERINFO = "/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"

LIES: Final[dict[str, tuple[str, Lie]]] = {
    "another nonce": ("claim-nonce", says(nonce="another")),
    "no nonce": ("claim-nonce", says(nonce=ABSENT)),
    "a list of nonces": ("claim-nonce", says(nonce=["a", "b"])),
    "for another": ("claim-aud", says(aud="another")),
    "for us and another": ("claim-aud", says(aud=["id:bellen", "another"])),
    "for nobody": ("claim-aud", says(aud=ABSENT)),
    "for a number": ("claim-aud", says(aud=1)),
    "by another": ("claim-iss", says(iss="https://another.example")),
    "by nobody": ("claim-iss", says(iss=ABSENT)),
    "given to another": ("claim-azp", says(azp="another")),
    "expired": ("claim-exp", says(exp=int(time.time()) - 3600)),
    "never expires": ("claim-exp", says(exp=ABSENT)),
    "expires in words": ("claim-exp", says(exp="tomorrow")),
    "expires at no number": ("claim-exp", says(exp=float("nan"))),
    "not valid yet": ("claim-nbf", says(nbf=TOMORROW)),
    "made tomorrow": ("claim-iat", says(iat=TOMORROW)),
    "made at no time": ("claim-iat", says(iat=ABSENT)),
    "about nobody": ("claim-sub", says(sub=ABSENT)),
    "about a number": ("claim-sub", says(sub=1)),
    "about a novel": ("claim-sub", says(sub="x" * 300)),
    "another access token": ("claim-at_hash", says(at_hash="another")),
    "not signed": ("algorithm", signs(lambda claims: by_hand({"alg": "none"}, claims, lambda _: b""))),
    "a secret: our public key": ("algorithm", hs256(PUBLIC_PEM)),
    "a secret: ours": ("algorithm", hs256(CLIENT_SECRET.encode())),
    "another key of that name": ("signature", rs256(OTHER_KEY)),
    "a key that nobody knows": ("key", rs256(KEY, kid="unknown")),
    "a key that it brings along": ("signature", rs256(OTHER_KEY, jwk=OTHER_KEY.as_dict(private=False))),
    "another algorithm": ("algorithm", rs256(KEY, alg="RS512")),
    "what must be understood and is not": ("signature", rs256(KEY, crit=["x"], x=1)),
    "no token": ("token", hands(id_token="x.y")),
    "a number for a token": ("token", hands(id_token=7)),
    "no ID token": ("token", hands(id_token=ABSENT)),
    "no access token": ("token", hands(access_token=ABSENT)),
    "an access token with a line break": ("claim-at_hash", hands(access_token="a\r\nX: y")),
    "another kind of token": ("token", hands(token_type="mac")),
    "a refusal": ("invalid_grant", instead(TOKEN, status=400, text='{"error": "invalid_grant"}')),
    "a refusal in its own words": ("refused", instead(TOKEN, status=400, text='{"error": ["<script>"]}')),
    "an error page": ("status", instead(TOKEN, status=500, text="<html>")),
    "a redirect": ("status", instead(TOKEN, status=307, headers={"Location": "http://localhost:1/"})),
    "words": ("json", instead(TOKEN, text="yes")),
    "a list": ("json", instead(TOKEN, text="[]")),
    "a deep hole": ("json", instead(TOKEN, text="[" * 100_000)),
    "a number without end": ("json", instead(TOKEN, text='{"x": ' + "1" * 10_000 + "}")),
    "an enormous answer": ("size", instead(TOKEN, text="x" * (MAX_BYTES + 1))),
    "an answer that does not end": ("slow", silent(TOKEN)),
    "somebody else's details": ("userinfo", adds(sub="somebody else")),
    "enormous details": ("size", instead(USERINFO, text="x" * (MAX_BYTES + 1))),
    "no details": ("status", instead(USERINFO, status=401, text="{}")),
    "unsigned details": ("token", instead(USERINFO, text="a.b.c", content_type="application/jwt")),
    "an answer of another": ("issuer", brings(iss="https://another.example")),
    "an answer of nobody": ("issuer", brings(iss=ABSENT)),
    "no code": ("code", brings(code=ABSENT)),
    "a code that it did not give": ("invalid_grant", brings(code="made up")),
    "an error of its own": ("server_error", brings(code=ABSENT, error="server_error")),
    "an error in its own words": ("other", brings(code=ABSENT, error="<b>")),
    "another name": ("issuer", tells(issuer="https://another.example")),
    "an unsafe door": ("metadata", tells(token_endpoint="http://example.nl/token")),
    "a door that is none": ("metadata", tells(jwks_uri=7)),
    "no door": ("metadata", tells(authorization_endpoint=ABSENT)),
    "no metadata": ("status", instead(DISCOVERY, status=404, text="")),
    "metadata without end": ("slow", silent(DISCOVERY)),
    "no keys": ("key", instead(KEYS, text='{"keys": []}')),
    "a key that is none": ("key", gives(NO_KEY)),
    "a key that is too short": ("key", gives(WEAK_KEY)),
    "too many keys": ("keys", gives(*[{}] * 200)),
    "words for keys": ("json", instead(KEYS, text="[]")),
    "details that are too long": ("claims", says(fullname="x" * 5000)),
}
"""Each ends on the page that says that logging in does not work now; and for which reason, in our log."""


@pytest.mark.parametrize(("reason", "lie"), LIES.values(), ids=LIES.keys())
async def test_a_lie_proves_nobody(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions, store: Store, reason: str, lie: Lie
) -> None:
    """The citizen reads that logging in does not work now, and can try again, or call."""
    lie(provider)
    async with visitors.visitor() as visitor:
        with capture_logs() as lines:
            shown = await log_in(visitor)
        assert (shown.status, shown.path) == (200, "/nl/call?login=unavailable")
        assert shown.has_form("/call/login")
        assert await identification(sessions, visitor) is Identification.PENDING
    assert [line["reason"] for line in lines if line["event"] == "login.provider_failed"] == [reason]
    await nothing_is_kept(store)


async def test_the_truth_proves_somebody(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions
) -> None:
    """So that the tests above can fail. One claim is of the ID token, one of UserInfo."""
    async with visitors.visitor() as visitor:
        assert (await log_in(visitor)).path == "/nl/call"
        assert await identification(sessions, visitor) is Identification.VERIFIED
    assert provider.fetched.count(USERINFO) == 1


ENOUGH_IS_MISSING: Final[dict[str, tuple[str, Lie]]] = {
    "a lower level": ("too-low", says(acr=LOW)),
    "a level that we do not know": ("too-low", says(acr="urn:example:highest")),
    "no level": ("too-low", says(acr=ABSENT)),
    "a level of the person, not of the log-in": ("too-low", at_once(says(acr=ABSENT), adds(acr=SUBSTANTIAL))),
    "all levels": ("too-low", says(acr=[LOW, SUBSTANTIAL])),
    "levels that cannot be had there": ("too-low", refuses("unmet_authentication_requirements")),
    "a claim less": ("incomplete", adds(bsn=ABSENT)),
    "an empty claim": ("incomplete", adds(bsn=" ")),
    "a claim with others inside": ("incomplete", adds(bsn={"bsn": "999990019"})),
}
"""Each is final: the citizen begins again."""


@pytest.mark.parametrize(("reason", "lie"), ENOUGH_IS_MISSING.values(), ids=ENOUGH_IS_MISSING.keys())
async def test_too_little_proves_nobody(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions, store: Store, reason: str, lie: Lie
) -> None:
    """Judged on what came back; nothing of it is kept."""
    lie(provider)
    async with visitors.visitor() as visitor:
        shown = await log_in(visitor)
        assert (shown.status, shown.path) == (200, f"/nl/call?login={reason}")
        assert 'href="/nl/verhuizing"' in shown.text
        assert await identification(sessions, visitor) is Identification.FAILED
    await nothing_is_kept(store)


async def test_who_stops_there_comes_to_a_page_that_helps(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions
) -> None:
    """And can log in after all, by a new question."""
    refuses("access_denied")(provider)
    async with visitors.visitor() as visitor:
        shown = await log_in(visitor)
        assert shown.path == "/nl/call?login=cancelled"
        provider.answer.clear()
        again = await visitor.send(shown, "/call/login")
        assert (await go(visitor, onward(again))).path == "/nl/call"
        assert await identification(sessions, visitor) is Identification.VERIFIED
    first, second = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


async def test_only_what_the_purpose_needs_is_asked(visitors: Visitors, provider: FalseProvider) -> None:
    """Its claims, and the levels that will do; a purpose that needs less may be had with less."""
    async with visitors.visitor("en") as visitor:
        await log_in(visitor)
        await go(visitor, onward(await visitor.start("afval")))
    high, low = provider.asked
    assert (high["acr_values"], low["acr_values"]) == (SUBSTANTIAL, f"{LOW} {SUBSTANTIAL}")
    assert list(json.loads(high["claims"])["userinfo"]) == ["fullname", "bsn"]
    assert list(json.loads(low["claims"])["userinfo"]) == ["address"]
    assert json.loads(low["claims"])["id_token"]["acr"] == {"essential": True, "values": [LOW, SUBSTANTIAL]}
    assert (high["ui_locales"], high["scope"]) == ("en", "openid details")


async def answer(visitor: Visitor, shown: Shown | None = None) -> URL:
    """Log in at the provider, from this page of ours; where it sends the browser then, not opened."""
    address = onward(shown or await visitor.start())
    async with visitor.http.get(address, allow_redirects=False) as response:
        return URL(response.headers["Location"]).relative()


async def bring(visitor: Visitor, address: URL) -> tuple[int, str]:
    """Open such an address; the status and place to which it leads."""
    async with visitor.http.get(address) as response:
        return response.status, response.url.path_qs


async def again(visitor: Visitor) -> Shown:
    """Log in once more, in the same session."""
    return await visitor.send(await visitor.open("/call"), "/call/login")


async def test_an_answer_counts_once(visitors: Visitors, provider: FalseProvider, sessions: Sessions) -> None:
    """Loaded again, or brought twice at once, the provider is not asked again and nothing changes."""
    async with visitors.visitor() as visitor:
        address = await answer(visitor)
        both = await asyncio.gather(bring(visitor, address), bring(visitor, address))
        assert sorted(both) == [(200, "/nl/call"), (200, "/nl/call?login=late")]
        assert await bring(visitor, address) == (200, "/nl/call?login=late")
        assert await identification(sessions, visitor) is Identification.VERIFIED
    assert provider.fetched.count(TOKEN) == 1


async def test_a_state_that_was_used_takes_no_other_code(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions
) -> None:
    """Nor does a new state take a code that was given for another."""
    refuses("access_denied")(provider)
    async with visitors.visitor() as visitor:
        used = await answer(visitor)
        assert await bring(visitor, used) == (200, "/nl/call?login=cancelled")
        provider.answer.clear()
        second, third = (
            await answer(visitor, await again(visitor)),
            await answer(visitor, await again(visitor)),
        )
        mixed = second.update_query(state=used.query["state"])
        assert await bring(visitor, mixed) == (200, "/nl/call?login=late")
        mixed = third.update_query(code=second.query["code"])
        assert await bring(visitor, mixed) == (200, "/nl/call?login=unavailable")
        assert await identification(sessions, visitor) is Identification.PENDING
    assert provider.fetched.count(TOKEN) == 1


async def test_an_answer_is_worth_nothing_in_another_browser(
    visitors: Visitors, provider: FalseProvider, sessions: Sessions
) -> None:
    """Login CSRF: refused in a browser with another session, and in one with none; the owner can go on."""
    async with visitors.visitor() as owner, visitors.visitor() as other, visitors.visitor() as stranger:
        address = await answer(owner)
        await other.start()
        assert (await bring(other, address))[0] == 403
        assert (await bring(stranger, address))[0] == 401
        assert await identification(sessions, other) is Identification.PENDING
        assert provider.fetched.count(TOKEN) == 0
        assert await bring(owner, address) == (200, "/nl/call")


@pytest.mark.parametrize(
    "query",
    ["", "state=x&code=y", "code=a&code=b", "state=a&state=b", f"state=x&code={'y' * 5000}"],
    ids=["nothing", "no state of ours", "two codes", "two states", "a code too long"],
)
async def test_what_is_no_answer_is_refused(visitors: Visitors, provider: FalseProvider, query: str) -> None:
    """With a clear page; the log-in that is under way goes on."""
    async with visitors.visitor() as visitor:
        address = await answer(visitor)
        assert (await bring(visitor, URL(f"{return_path(TAG)}?{query}", encoded=True)))[0] == 400
        assert await bring(visitor, address) == (200, "/nl/call")


async def test_a_log_in_that_was_begun_by_another_method_is_refused(
    visitors: Visitors, sessions: Sessions, purposes: Purposes
) -> None:
    """Its state is one of ours, but not for this provider (mix-up, RFC 9700 §4.4)."""
    logins = Logins(options(), sessions, purposes)
    async with visitors.visitor() as visitor:
        await visitor.start()
        session = (await sessions.find(Secret(visitor.cookie))).session.id
        state = logins.begin(Login(session, purposes.get("verhuizing"), "demo", "nl"), "").state
        for place in (path(TAG), return_path(TAG)):
            shown = await visitor.http.get(
                f"/nl{place}" if place == path(TAG) else place, params={"state": state}
            )
            assert shown.status == 400


async def test_a_provider_that_is_away_stops_nothing_else(
    visitors: Visitors, provider: FalseProvider
) -> None:
    """Nobody asked it anything before somebody logs in; then a clear page, with the way out."""
    await provider.stop()
    async with visitors.visitor() as visitor:
        assert (await visitor.open("/verhuizing")).status == 200
        shown = await log_in(visitor)
        assert shown.path == "/nl/call?login=unavailable"
        assert "14 012" in shown.text
    assert provider.fetched == []


async def test_a_new_key_is_fetched_when_it_is_first_met(visitors: Visitors, provider: FalseProvider) -> None:
    """Once, however many log in at that moment; nobody is lost."""
    async with AsyncExitStack() as stack:
        many = [await stack.enter_async_context(visitors.visitor()) for _ in range(5)]
        assert (await log_in(many[0])).path == "/nl/call"
        provider.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"}, auto_kid=False)
        found = await asyncio.gather(*(log_in(visitor) for visitor in many[1:]))
        assert {shown.path for shown in found} == {"/nl/call"}
    assert provider.fetched.count(KEYS) == 2


async def test_another_process_can_take_the_answer(
    visitors: Visitors,
    provider: FalseProvider,
    sessions: Sessions,
    feed: Feed,
    purposes: Purposes,
    store: Store,
) -> None:
    """Nothing of a log-in is kept by the process that began it."""
    known = client(provider.issuer, f"{visitors.front.url}{return_path(TAG)}")
    async with (
        pages(sessions, feed, purposes, ways=ways(known, store)) as elsewhere,
        visitors.visitor() as visitor,
    ):
        address = elsewhere.front.url.join(await answer(visitor))
        async with visitor.http.get(
            address, headers={"Cookie": f"{cookies.CITIZEN}={visitor.cookie}"}
        ) as shown:
            assert shown.url.path == "/nl/call"
        assert await identification(sessions, visitor) is Identification.VERIFIED
