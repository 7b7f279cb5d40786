"""web.citizen.shut: who cannot be helped now is told so before anything is asked, with what else to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ivr.errors import ClosedError
from ivr.session.notice import Kind, Notice
from ivr.session.opening import ALWAYS, Hours
from ivr.session.purpose import Purposes
from ivr.session.queue import QueueFacts
from ivr.store.notices import Notices
from ivr.store.queues import Queues
from tests.lab.citizens import PURPOSES
from tests.lab.markup import faults
from tests.lab.scene import DAY, HOME, NEARLY, SHUT, Wall
from tests.lab.visitors import ORDINARY, pages
from web.stories import CLOSED, story_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.lease import Lease
    from ivr.store.sessions import Sessions
    from tests.lab.visitors import Shown, Visitors

OFFICE = Hours((DAY,) * 7, HOME)
EVIL = "<img src=x onerror=alert(1)>"
NOBODY = QueueFacts(logged_in=0, serving=0.0, available=0, waiting=0, hold_seconds=None, talk_seconds=None)
JUST_CALL = "Bel ons gewoon"


@pytest.fixture
def wall() -> Wall:
    """The clock on the office's wall."""
    return Wall()


def with_hours(**hours: Hours) -> Purposes:
    """The subjects, some with hours."""
    return Purposes(tuple(replace(one, hours=hours.get(one.name, ALWAYS)) for one in PURPOSES))


@pytest.fixture
async def office(sessions: Sessions, feed: Feed, wall: Wall) -> AsyncIterator[Visitors]:
    """Pages of an office where moving is answered from 8:30 to 17:00, and waste at any time."""
    options: dict[str, Any] = {"ordinary": OFFICE, "now": wall, "counter_url": "https://example.nl/balie"}
    async with pages(sessions, feed, with_hours(verhuizing=OFFICE), **options) as running:
        yield running


async def started(store: Store) -> int:
    """How many sessions there are."""
    return len(await store.redis.keys("*session:*"))


def is_shut(page: Shown, title: str) -> None:
    """It says so in its heading, has no way to start, and the ways that there are."""
    assert f'<h1 class="nl-heading nl-heading--level-1">{title}</h1>' in page.text
    assert 'name="method"' not in page.text
    for way in ("14 012", "U betaalt de gewone kosten van een telefoongesprek.", "Kom langs bij onze balie."):
        assert way in page.text


@pytest.mark.tools
@pytest.mark.req("P8", "P10")
async def test_closed_is_said_before_anything_is_asked(office: Visitors, wall: Wall) -> None:
    """With when it opens, the hours, the ordinary number and its costs, and the counter."""
    wall.at(SHUT)
    async with office.visitor() as visitor, office.visitor("en") as reader:
        page = await visitor.open("/verhuizing")
        is_shut(page, "Wij zijn nu gesloten")
        for said in (
            "Wij zijn morgen vanaf 8:30 uur weer open.",
            "verhuizing in het Nederlands",
            "zodra wij open zijn",
            "8:30 tot 17:00 uur",
            'href="https://example.nl/balie"',
            'href="/nl"',
        ):
            assert said in page.text
        assert await faults(page.text) == []
        english = await reader.open("/verhuizing")
        assert "We are open again tomorrow at 8:30." in english.text
        assert (page.status, english.status) == (200, 200)


@pytest.mark.req("P8")
async def test_the_first_page_says_which_subjects_are_closed(office: Visitors, wall: Wall) -> None:
    """Those that are not can be chosen."""
    wall.at(SHUT)
    async with office.visitor() as visitor:
        page = await visitor.open("")
        assert page.text.count("Nu gesloten") == 1
        assert 'id="code"' in (await visitor.arrive("afval")).text


@pytest.mark.req("P8")
async def test_when_all_subjects_are_closed_the_first_page_says_so(
    sessions: Sessions, feed: Feed, wall: Wall
) -> None:
    """When the first of them opens, and that the ordinary number is answered if it is."""
    shut = with_hours(verhuizing=OFFICE, afval=OFFICE)
    async with pages(sessions, feed, shut, now=wall.at(SHUT)) as visitors, visitors.visitor() as visitor:
        page = await visitor.open("")
        is_shut(page, "Wij zijn nu gesloten")
        assert "Wij zijn morgen vanaf 8:30 uur weer open." in page.text
        assert "zodra wij open zijn" not in page.text


@pytest.mark.req("P8")
async def test_who_presses_the_button_after_closing_starts_nothing(
    office: Visitors, wall: Wall, store: Store
) -> None:
    """The page was loaded in time."""
    async with office.visitor() as visitor:
        page = await visitor.open("/verhuizing")
        wall.at(SHUT)
        late = await visitor.send(page, "/verhuizing", agree="yes")
        assert late.status == 409
        is_shut(late, "Wij zijn nu gesloten")
        assert not visitor.cookie
        assert await started(store) == 0


@pytest.mark.req("P8")
async def test_near_closing_time_it_is_said_on_every_page(office: Visitors, wall: Wall) -> None:
    """Before the log-in and beside the code; of a subject that does not close nothing is said."""
    told = "Wij sluiten om 17:00 uur. Bel ons voor die tijd."
    async with office.visitor() as visitor:
        assert told not in (await visitor.open("/verhuizing")).text
        assert told not in (await visitor.arrive()).text
        wall.at(NEARLY)
        assert told in (await visitor.open("/verhuizing")).text
        assert told in (await visitor.open("/call")).text
        assert told not in (await visitor.arrive("afval")).text


@pytest.mark.req("P8")
async def test_a_code_stays_on_its_page_after_closing(office: Visitors, wall: Wall) -> None:
    """With what that means; number and code are still there, folded away, and more time is not offered."""
    async with office.visitor() as visitor:
        await visitor.arrive()
        wall.at(SHUT)
        page = await visitor.open("/call")
        for said in ("Wij zijn nu gesloten", "morgen vanaf 8:30 uur", "Begin dan opnieuw.", 'id="code"'):
            assert said in page.text
        assert "tel:+31141234567,," not in page.text
        assert page.text.index("Toon toch het nummer") < page.text.index('id="code"')
        assert not page.has_form("/call/time")
        assert page.has_form("/call/stop")


@pytest.mark.tools
@pytest.mark.req("P8")
async def test_an_empty_queue_is_told_once_and_then_it_is_the_citizens_choice(
    office: Visitors, store: Store, lease: Lease
) -> None:
    """Agents come at any moment: who was told may go on. Who pressed the button untold is told first."""
    async with office.visitor() as visitor:
        before = await visitor.open("/verhuizing")
        await Queues(store).put(lease, {"verhuizen": NOBODY, ORDINARY: NOBODY})
        untold = await visitor.send(before, "/verhuizing", agree="yes")
        assert untold.status == 409
        assert "Er is nu geen medewerker aan de telefoon" in untold.text
        assert JUST_CALL in before.text
        assert JUST_CALL not in untold.text
        assert await started(store) == 0
        assert "Er is nu geen medewerker aan de telefoon" in (await visitor.open("/verhuizing")).text
        assert "Nu geen medewerker" in (await visitor.open("")).text
        assert await faults(untold.text) == []
        assert (await visitor.send(untold, "/verhuizing", agree="yes")).status == 200
        assert await started(store) == 1


@pytest.mark.req("C11")
async def test_a_notice_is_on_every_page_before_the_log_in(office: Visitors, store: Store) -> None:
    """At once, without a restart; in the reader's language, or said to be in the other."""
    await Notices(store).put(Notice(Kind.NOTICE, {"nl": f"Het is druk. {EVIL}"}), hours=1)
    async with office.visitor() as visitor, office.visitor("en") as reader:
        for path in ("", "/verhuizing"):
            page = await visitor.open(path)
            assert "Het is druk. &lt;img" in page.text
            assert EVIL not in page.text
            assert 'lang="nl">Het is druk.' in (await reader.open(path)).text
        assert (await visitor.start()).status == 200


@pytest.mark.req("C11")
@pytest.mark.parametrize(
    ("kind", "title"), [(Kind.DISRUPTED, "Er is een storing"), (Kind.ENDED, "Deze dienst is gestopt")]
)
async def test_a_disruption_and_the_end_stop_new_starts_only(
    office: Visitors, store: Store, kind: Kind, title: str
) -> None:
    """Who has a code goes on; who pressed the button just too late is told why."""
    async with office.visitor() as visitor, office.visitor() as late:
        await visitor.arrive()
        page = await late.open("/verhuizing")
        await Notices(store).put(Notice(kind, {"nl": "Bel ons gewoon.", "en": "Just call us."}), hours=1)
        for shut in (await late.open(""), await late.open("/afval"), await late.send(page, "/verhuizing")):
            is_shut(shut, title)
            assert "Bel ons gewoon." in shut.text
        assert 'id="code"' in (await visitor.open("/call")).text
        assert await started(store) == 1


@pytest.mark.req("P8")
async def test_another_front_end_cannot_start_what_is_closed() -> None:
    """It gets an error that its pages know how to tell."""
    assert story_of(ClosedError("x")) is CLOSED
