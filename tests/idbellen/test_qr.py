"""``idbellen qr``: what it draws is what a phone reads; what it cannot draw it says in one line."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from idbellen import cli
from idbellen.qr import DOTS_PER_INCH, FORMATS, WIDE_MM, draw
from tests.lab.browser import chromium
from tests.lab.squares import read, read_pdf

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://bellen.voorbeeld.nl"
ADDRESS = f"{SITE}/verhuizing"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written to a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.toml").write_text(f'web.url = "{SITE}"\n')


def run(*argv: str, config: str = "x.toml") -> Result:
    """The command, to its end."""
    return CliRunner().invoke(cli.main, ["--config", config, "qr", *argv])


@pytest.mark.req("C1")
def test_a_decoder_reads_the_png_as_the_subjects_short_link(tmp_path: Path) -> None:
    """30 mm wide at 600 dots an inch, to the nearest whole dot a module."""
    assert run("verhuizing", "--out", "letter.png").exit_code == 0
    drawn = (tmp_path / "letter.png").read_bytes()
    assert read(drawn) == ADDRESS
    with Image.open(BytesIO(drawn)) as image:
        assert image.width / DOTS_PER_INCH * 25.4 == pytest.approx(WIDE_MM, rel=0.1)
        assert image.info["dpi"][0] == pytest.approx(DOTS_PER_INCH, abs=1)


@pytest.mark.req("C1")
def test_a_decoder_reads_the_pdf(tmp_path: Path) -> None:
    """On a page just as large as the square."""
    assert run("afval", "--format", "pdf", "--language", "en").exit_code == 0
    drawn = (tmp_path / "afval.pdf").read_bytes()
    assert read_pdf(drawn) == f"{SITE}/en/afval"
    with pypdfium2.PdfDocument(drawn) as document:
        assert document[0].get_width() / 72 * 25.4 == pytest.approx(WIDE_MM, abs=1)


@pytest.mark.e2e
@pytest.mark.req("C1")
async def test_a_decoder_reads_the_svg_as_a_browser_draws_it(tmp_path: Path) -> None:
    """Vectors for whoever lays out the letter; sized in millimetres, nothing in it but the drawing."""
    assert run("verhuizing").exit_code == 0
    drawn = (tmp_path / "verhuizing.svg").read_text()
    assert float(re.search(r'width="([\d.]+)mm"', drawn)[1]) == pytest.approx(WIDE_MM, abs=0.1)
    assert not re.search(r"<script|<text|href", drawn)
    async with chromium() as browser:
        page = await browser.new_page(device_scale_factor=3)
        await page.set_content(drawn.partition("?>")[2])
        assert read(await page.locator("svg").screenshot()) == ADDRESS


@pytest.mark.req("C1")
@pytest.mark.parametrize("kind", FORMATS)
def test_the_command_tells_what_it_encoded(kind: str) -> None:
    """So that nobody prints ten thousand letters with another address."""
    result = run("verhuizing", "--format", kind)
    assert result.stdout.splitlines()[0] == f"verhuizing.{kind}: {ADDRESS}"
    assert result.stderr == ""


def test_a_quarter_of_the_square_may_be_lost() -> None:
    """A stamp over its middle."""
    with Image.open(BytesIO(draw(ADDRESS, "png"))) as image:
        spoilt = image.convert("RGB")
        middle, half = spoilt.width // 2, spoilt.width // 10
        spoilt.paste((200, 200, 200), (middle - half, middle - half, middle + half, middle + half))
        file = BytesIO()
        spoilt.save(file, "png")
    assert read(file.getvalue()) == ADDRESS


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("nergens",), "there is no purpose 'nergens'; there are verhuizing, aanvraag, afval"),
        (("../x",), "there is no purpose '../x'; there are verhuizing, aanvraag, afval"),
        (("afval", "--out", "x.jpg"), "x.jpg: cannot be told from its end"),
        (("afval", "--out", "no/folder/x.svg"), "no/folder/x.svg: cannot be written (No such file"),
    ],
)
def test_a_mistake_is_one_clear_line_and_no_file(tmp_path: Path, argv: tuple[str, ...], said: str) -> None:
    """Nothing is drawn."""
    result = run(*argv)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"idbellen: {said}")
    assert [file.name for file in tmp_path.iterdir()] == ["x.toml"]


def test_an_address_of_this_machine_only_is_said(tmp_path: Path) -> None:
    """What is printed with it leads nowhere."""
    (tmp_path / "y.toml").write_text("")
    assert "set web.url" in run("afval", config="y.toml").stderr
