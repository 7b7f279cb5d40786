"""web.identity.irma.provider: logging in with the app, against a real server and with a real wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from yarl import URL

from ivr.session.attributes import Level, Secret
from ivr.session.model import Identification
from ivr.store import identities
from ivr.store.feed import session_topic
from ivr.store.sealing import Sealer
from tests.lab.citizens import PURPOSES
from tests.lab.guard import free_port
from tests.lab.visitors import pages
from tests.lab.yivi import PERSON, STEP_SECONDS, IrmaServer, Wallet
from tests.lab.yivi_login import begin, irma
from web.identity.irma.errand import Errand

if TYPE_CHECKING:
    from ivr.session.attributes import Identity
    from ivr.session.model import Session
    from ivr.store.client import Store
    from ivr.store.errands import Errands
    from ivr.store.feed import Feed
    from ivr.store.sealing import KeySet
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Visitor, Visitors
    from web.identity.irma.provider import Irma
    from web.identity.returns import Returns


async def session_of(sessions: Sessions, visitor: Visitor) -> Session:
    """The session of this browser."""
    return (await sessions.find(Secret(visitor.cookie))).session


async def errand_of(errands: Errands, sessions: Sessions, visitor: Visitor) -> Errand:
    """What is under way for this browser."""
    text = await errands.find((await session_of(sessions, visitor)).id)
    assert text is not None
    return Errand.of_text(text)


async def proven(store: Store, keys: KeySet, session: Session) -> Identity:
    """What is kept of who logged in."""
    sealed = await store.redis.get(store.keys.sealed(session.id))
    kept = identities.unseal(Sealer(keys), session.id, session.purpose, sealed)
    assert kept is not None
    return kept


@pytest.mark.req("C2", "C4", "S8", "A2")
async def test_who_agrees_in_the_app_is_proven_at_the_level_of_the_card(
    visitors: Visitors, phone: Wallet, errands: Errands, sessions: Sessions, store: Store, seal_keys: KeySet
) -> None:
    """Only what the purpose needs; and the code is there as soon as the browser comes back."""
    async with visitors.visitor() as visitor:
        page = await begin(visitor)
        assert (page.status, page.path.partition("?")[0]) == (200, "/nl/login/irma")
        errand = await errand_of(errands, sessions, visitor)
        back = await phone.show(errand.for_browser["sessionPtr"])
        assert back["url"].startswith("http://127.0.0.1:8000/nl/login/irma?state=")
        done = await visitor.open(page.path.removeprefix("/nl"))
        assert (done.status, done.path) == (200, "/nl/call")
        assert 'id="code"' in done.text
        session = await session_of(sessions, visitor)
        kept = await proven(store, seal_keys, session)
        assert (kept.method, kept.level) == ("irma", Level.SUBSTANTIAL)
        assert kept.attributes.reveal() == {name: PERSON[name] for name in ("fullname", "bsn")}
        assert await errands.find(session.id) is None


@pytest.mark.req("A3", "S7", "O6")
async def test_the_real_server_calls_when_it_is_done_and_then_we_fetch_the_result(
    server: IrmaServer, phone: Wallet, errands: Errands, sessions: Sessions, feed: Feed
) -> None:
    """No browser asks meanwhile. What it sends along is not read: tests/web/identity/irma/test_pages.py."""
    port = free_port()

    def ways(returns: Returns) -> list[Irma]:
        here = URL(f"http://127.0.0.1:{port}")
        return [irma(server.url, returns, errands, pairing=False, callback=True, public_url=here)]

    with structlog.testing.capture_logs() as lines:
        async with (
            pages(sessions, feed, PURPOSES, ways=ways, port=port) as running,
            running.visitor() as citizen,
        ):
            await begin(citizen)
            session = await session_of(sessions, citizen)
            errand = await errand_of(errands, sessions, citizen)
            with feed.watch(session_topic(session.id)) as watch:
                await phone.show(errand.for_browser["sessionPtr"])
                assert await watch.changed(STEP_SECONDS)
            proof = (await session_of(sessions, citizen)).identification
    assert proof is Identification.VERIFIED
    assert await errands.find(session.id) is None
    assert [line["status"] for line in lines if line.get("route") == "/login/irma/done"] == [204]
