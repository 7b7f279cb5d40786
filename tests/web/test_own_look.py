"""web.look: a municipality's stylesheet and logo, checked at start and served from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from tests.lab.asterisk_home import CHECKOUT
from tests.lab.axe import violations
from tests.lab.front import front
from tests.web.test_pages import SITE
from web.look import MAX_LOGO, MAX_THEME, PNG, Look

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

EXAMPLE = CHECKOUT / "docs/theme.css"
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><path d="M0 0h4v4H0z"/>'
    b"<script>alert(1)</script></svg>"
)


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """Somebody's logo, with more in it than a logo needs."""
    file = tmp_path / "logo.svg"
    file.write_bytes(LOGO)
    return file


@pytest.mark.req("S7", "O5")
@pytest.mark.parametrize(
    ("setting", "content", "said"),
    [
        ("theme", b"", "must hold something, and at most 64 kB"),
        ("theme", b":root{--a:1}" + b" " * MAX_THEME, "must hold something, and at most 64 kB"),
        ("theme", b"\xff\xfe", "is not text in UTF-8"),
        ("theme", b"body { color: red }", "line 1: sets something for a part of the page"),
        ("logo", b"GIF89a", "must be an SVG or a PNG"),
        ("logo", b"<html><script>", "must be an SVG or a PNG"),
        ("logo", PNG + b"0" * MAX_LOGO, "must hold something, and at most 100 kB"),
        ("theme", None, "cannot be read"),
        ("logo", None, "cannot be read"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_its_setting(
    tmp_path: Path, setting: str, content: bytes | None, said: str
) -> None:
    """Before the first page is served."""
    file = tmp_path / "own"
    if content is not None:
        file.write_bytes(content)
    given = (file, None) if setting == "theme" else (None, file)
    with pytest.raises(SettingsError) as caught:
        Look.read(*given)
    assert str(caught.value).startswith(f"site.{setting}: {file}")
    assert said in str(caught.value)


def test_without_files_there_is_nothing() -> None:
    """And no address."""
    assert Look.read(None, None) == Look({})


async def test_both_are_served_for_ever_under_a_name_of_their_content(logo: Path) -> None:
    """Packed; a logo that is opened by itself can run nothing."""
    look = Look.read(EXAMPLE, logo)
    async with front(look.room()) as running:
        for address, kind, content in (
            (look.theme_url, "text/css", EXAMPLE.read_bytes()),
            (look.logo_url, "image/svg+xml", LOGO),
        ):
            async with running.client.get(address) as answer:
                assert (answer.status, answer.content_type) == (200, kind)
                assert answer.headers["Content-Encoding"] == "gzip"
                assert "immutable" in answer.headers["Cache-Control"]
                assert "sandbox" in answer.headers["Content-Security-Policy"]
                assert await answer.read() == content
        async with running.client.get("/look/theme.css") as answer:
            assert answer.status == 404


async def test_a_png_is_a_logo_too(tmp_path: Path) -> None:
    """With its own type, and no charset."""
    file = tmp_path / "logo.png"
    file.write_bytes(PNG + b"x" * 100)
    look = Look.read(None, file)
    async with front(look.room()) as running, running.client.get(look.logo_url) as answer:
        assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.e2e
@pytest.mark.req("C9")
@pytest.mark.usefixtures("sample_pages")
async def test_the_example_is_worn_by_every_piece_and_axe_finds_nothing(browser: Browser, logo: Path) -> None:
    """Light and dark, in a real browser under our own policy; the colours are the municipality's."""
    look = Look.read(EXAMPLE, logo)
    async with front(SITE, look.room(), theme_url=look.theme_url, logo_url=look.logo_url) as running:
        page = await (await browser.new_context()).new_page()
        await page.goto(str(running.url / "nl"))
        for scheme, colour in (("light", "rgb(29, 107, 60)"), ("dark", "rgb(128, 208, 154)")):
            await page.emulate_media(color_scheme=scheme)
            button = page.locator(".nl-button--primary").first
            assert await button.evaluate("(e) => getComputedStyle(e).backgroundColor") == colour
            assert await violations(page) == [], scheme
        shown = await page.locator("header img").evaluate("(image) => image.complete && image.naturalWidth")
        assert shown
