"""The way of a citizen who began at another front end, from its page to the end of the call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from tests.lab.citizens import PURPOSES
from tests.lab.programs import come_back, grant_of
from tests.web.api.conftest import AGENT, PHONE
from web.identity.people import PEOPLE

if TYPE_CHECKING:
    from tests.lab.programs import Program, Programs
    from tests.lab.switchboard import Switchboard
    from tests.lab.visitors import Visitor


@pytest.mark.req("C1", "C3", "C6", "S1")
async def test_from_a_municipalitys_own_site_to_the_end_of_the_call(
    both: Programs, program: Program, visitor: Visitor, switchboard: Switchboard
) -> None:
    """Each state as the front end sees it; and never a thing of what was proven."""
    heard = []
    listed = await program.call("GET", "/v1/purposes", headers={"Accept-Language": "en"})
    assert listed.body["purposes"][0]["title"] == "verhuizing in English"
    asked = await program.ask(method="demo")
    shown = await come_back(visitor, asked)
    assert shown.text == "<p>Welcome back.</p>"
    assert URL(shown.path).query["state"] == asked.state
    opened = await program.open(grant_of(shown), asked.verifier)
    session, token = opened.body["session"], opened.body["token"]
    heard.append(session)
    assert (session["identification"], session["call"]) == ("verified", "awaited")
    assert session["code"]["telUrl"] == f"tel:+31141234567,,{session['code']['digits']}"
    assert opened.headers["Location"] == f"/v1/sessions/{session['id']}"
    citizen = await both.visitors.citizen(token)
    assert citizen.code.reveal() == session["code"]["digits"]

    async def now() -> dict[str, object]:
        answer = await program.call("GET", opened.headers["Location"], token=token)
        heard.append(answer.body)
        return answer.body

    call = await switchboard.arrives(citizen)
    queued = await now()
    assert (queued["call"], queued["code"], queued["secondsLeft"]) == ("queued", None, 0)
    await switchboard.answers(call, PHONE)
    connected = await now()
    assert (connected["call"], connected["agent"]) == ("connected", AGENT)
    await switchboard.hangs_up(call)
    ended = await now()
    assert (ended["call"], ended["agent"]) == ("ended", None)
    assert str(ended["endedAt"]).endswith("Z")
    versions = [one["version"] for one in heard]
    assert versions == sorted(set(versions))
    proven = [PEOPLE[0].values[name] for name in PURPOSES.get("verhuizing").attribute_names]
    assert not any(value in json.dumps(heard) for value in proven)


@pytest.mark.req("C2")
async def test_who_stops_the_log_in_comes_back_with_a_word_and_no_code(
    program: Program, visitor: Visitor
) -> None:
    """Nothing is proven; the front end may offer to try again, which is a new login request."""
    asked = await program.ask()
    shown = await come_back(visitor, asked, "/login/demo/cancel")
    assert URL(shown.path).query["login"] == "cancelled"
    opened = await program.open(grant_of(shown), asked.verifier)
    assert (opened.body["session"]["identification"], opened.body["session"]["code"]) == ("pending", None)
    again = await program.arrive(visitor)
    assert (await program.look(again)).body["identification"] == "verified"


@pytest.mark.req("S8")
async def test_too_low_a_level_is_told_and_final(program: Program, visitor: Visitor) -> None:
    """What came back counts, not what was asked."""
    asked = await program.ask()
    shown = await come_back(visitor, asked, level="1")
    assert URL(shown.path).query["login"] == "too-low"
    opened = await program.open(grant_of(shown), asked.verifier)
    assert opened.body["session"]["identification"] == "failed"


async def test_the_browser_goes_back_once_and_then_has_our_own_pages(
    program: Program, visitor: Visitor, both: Programs
) -> None:
    """Whoever looks for our page later finds it: the same session, the same code."""
    opened = await program.arrive(visitor)
    page = await visitor.open("/call")
    assert page.status == 200
    code = (await program.look(opened)).body["code"]["display"]
    assert all(f">{group}<" in page.text for group in code.split())
    assert (await both.visitors.citizen(visitor.cookie)).session == opened.id
    assert visitor.cookie == opened.token
