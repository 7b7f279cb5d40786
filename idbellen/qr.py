"""``idbellen qr``: a square for letters and posters that leads straight to a subject's page.

Drawn by segno; what a phone makes of it is proven by a decoder that is not ours (tests/idbellen/test_qr.py).
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import segno

from ivr.errors import InputError, NotFoundError, SettingsError
from ivr.settings import load
from ivr.settings.schema import LANGUAGES

if TYPE_CHECKING:
    from ivr.settings import Settings

FORMATS: Final = ("svg", "png", "pdf")
CORRECTION: Final = "q"
"""A quarter of the square may be lost: folds, a stamp, a printer that is nearly empty."""
QUIET: Final = 4
"""Modules of white around it (ISO/IEC 18004)."""
WIDE_MM: Final = 30.0
"""White included: read at an arm's length, and small enough for a letter's foot."""
DOTS_PER_INCH: Final = 600
MM_PER_INCH: Final = 25.4
POINTS_PER_INCH: Final = 72


@click.command()
@click.argument("purpose")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="By default what --out ends in, else svg.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="By default PURPOSE.svg, here.")
@click.option("--language", type=click.Choice(LANGUAGES), help="By default the reader's own.")
@click.pass_context
def qr(ctx: click.Context, purpose: str, kind: str | None, out: Path | None, language: str | None) -> None:
    """Draw a QR code for letters that leads to the page of PURPOSE, and say what it holds."""
    settings = load(ctx.find_root().obj).settings
    kind = kind or (out.suffix.removeprefix(".").lower() if out else "svg")
    if kind not in FORMATS:
        raise InputError(
            f"{out}: cannot be told from its end what it is to be; say --format {'|'.join(FORMATS)}"
        )
    out = out or Path(f"{purpose}.{kind}")
    address = short_link(settings, purpose, language)
    drawn = draw(address, kind)
    try:
        out.write_bytes(drawn)
    except OSError as error:
        raise SettingsError(f"{out}: cannot be written ({error.strerror})") from None
    click.echo(f"{out}: {address}")
    click.echo(
        f"{WIDE_MM:.0f} mm wide with its white border, which belongs to it; print it no smaller than 20 mm"
    )
    if settings.web.url.startswith("http://"):
        click.echo("This leads to this machine only: set web.url to the address that citizens use.", err=True)


def short_link(settings: Settings, purpose: str, language: str | None = None) -> str:
    """Return the address of a subject's page as letters show it; raise InputError if there is no such one."""
    purposes = settings.to_purposes()
    try:
        purposes.get(purpose)
    except NotFoundError:
        known = ", ".join(one.name for one in purposes)
        raise InputError(f"there is no purpose {purpose!r}; there are {known}") from None
    return "/".join((settings.web.url, *([language] if language else []), purpose))


def draw(address: str, kind: str) -> bytes:
    """Return a file of this kind, `WIDE_MM` wide, that holds the address."""
    square = segno.make(address, micro=False, error=CORRECTION, boost_error=False)
    module_mm = WIDE_MM / square.symbol_size(border=QUIET)[0]
    file = BytesIO()
    match kind:
        case "svg":
            square.save(file, kind=kind, border=QUIET, scale=round(module_mm, 4), unit="mm", light="white")
        case "png":
            dots = max(1, round(module_mm / MM_PER_INCH * DOTS_PER_INCH))
            square.save(file, kind=kind, border=QUIET, scale=dots, dpi=DOTS_PER_INCH)
        case _:
            points = module_mm / MM_PER_INCH * POINTS_PER_INCH
            square.save(file, kind="pdf", border=QUIET, scale=points, light="white")
    return file.getvalue()
