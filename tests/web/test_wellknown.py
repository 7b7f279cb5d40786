"""web.wellknown: security.txt by RFC 9116, and robots.txt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from yarl import URL

from tests.lab.front import front
from web.wellknown import SECURITY, SecurityContact, robots_txt, security_txt, wellknown_room

LAST = date(2027, 6, 30)
CONTACT = SecurityContact(
    contacts=("mailto:security@example.nl", "https://www.example.nl/melden"),
    last_day=LAST,
    policy="https://www.example.nl/beleid",
)
SITE = "https://bellen.voorbeeld.nl"


@pytest.mark.req("S7")
def test_it_is_written_as_the_rfc_asks() -> None:
    """Contacts in their order, one Expires in RFC 3339, the address at which it stands."""
    assert security_txt(CONTACT, SITE).splitlines() == [
        "Contact: mailto:security@example.nl",
        "Contact: https://www.example.nl/melden",
        "Expires: 2027-06-30T23:59:59Z",
        "Preferred-Languages: nl, en",
        f"Canonical: {SITE}/.well-known/security.txt",
        "Policy: https://www.example.nl/beleid",
    ]


async def test_it_is_served_to_the_end_of_its_last_day_and_not_a_second_longer() -> None:
    """An old one sends people to somebody who may be gone."""
    for now, status in ((CONTACT.expires - timedelta(seconds=1), 200), (CONTACT.expires, 404)):
        room = wellknown_room(CONTACT, now=lambda now=now: now)
        async with front(room, public_url=URL(SITE)) as running, running.client.get(SECURITY) as answer:
            assert answer.status == status
            if status == 200:
                assert answer.content_type == "text/plain"
                assert answer.charset == "utf-8"
                assert await answer.text() == security_txt(CONTACT, SITE)


async def test_without_a_contact_there_is_none() -> None:
    """Rather than an empty one."""
    async with front(wellknown_room(None)) as running, running.client.get(SECURITY) as answer:
        assert answer.status == 404


def test_the_clock_is_the_real_one_unless_it_is_given() -> None:
    """What has ended long ago is over."""
    assert SecurityContact(contacts=(), last_day=date(2020, 1, 1)).expires < datetime.now(UTC)


@pytest.mark.parametrize(
    ("path", "found"),
    [("/", True), ("/nl/afval", True), ("/nl/help", True), ("/nl/call", False), ("/en/call/live", False)],
)
def test_programs_find_subjects_and_nobodys_own_pages(path: str, found: bool) -> None:
    """As Python's own reader of robots.txt understands it; in a demonstration nothing."""
    for demo in (False, True):
        parser = RobotFileParser()
        parser.parse(robots_txt(demo=demo).splitlines())
        assert parser.can_fetch("any", path) is (found and not demo)


async def test_robots_txt_is_there() -> None:
    """At the root, for everybody."""
    async with front(wellknown_room(None)) as running, running.client.get("/robots.txt") as answer:
        assert answer.status == 200
        assert (await answer.text()).startswith("User-agent: *\n")
