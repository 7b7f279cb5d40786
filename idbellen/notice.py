"""``idbellen notice``: what the operator has to say above the pages, from now on and without a restart."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from idbellen.storage import open_store
from ivr.errors import InputError
from ivr.session.notice import Kind, Notice
from ivr.settings import load
from ivr.store.notices import MAX_HOURS, Notices

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ivr.settings import Settings

    Work = Callable[[Settings, Notices], Awaitable[str]]

USUAL_HOURS: Final = 24


@click.command()
@click.argument("text", required=False)
@click.option("--english", metavar="TEXT", help="The same in English; without it, English readers get TEXT.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.NOTICE.value,
    show_default=True,
    help="With disrupted or ended nobody can start; who has a code goes on.",
)
@click.option(
    "--hours",
    type=click.IntRange(1, MAX_HOURS),
    default=USUAL_HOURS,
    show_default=True,
    help="After these it goes by itself.",
)
@click.option("--clear", is_flag=True, help="Take it down.")
@click.pass_context
def notice(
    ctx: click.Context, text: str | None, *, english: str | None, kind: str, hours: int, clear: bool
) -> None:
    """Put up a notice, TEXT in Dutch, for every page from now on; without TEXT, show what is up."""
    settings = load(ctx.find_root().obj).settings
    if (clear and text) or (english and not text):
        raise InputError("give a TEXT in Dutch, or --clear, or neither")
    work: Work = _shown
    if clear:
        work = _cleared
    elif text:
        texts = {"nl": text.strip()} | ({"en": english.strip()} if english else {})
        work = _putting(Notice(Kind(kind), texts), hours)
    click.echo(asyncio.run(_with(settings, work)))


async def _with(settings: Settings, work: Work) -> str:
    store = open_store(settings)
    try:
        return await work(settings, Notices(store))
    finally:
        await store.close()


def _putting(new: Notice, hours: int) -> Work:
    async def put(_settings: Settings, notices: Notices) -> str:
        await notices.put(new, hours)
        return f"up for {hours} h, {told(new)}"

    return put


async def _cleared(settings: Settings, notices: Notices) -> str:
    was_up = await notices.clear()
    kept = settings.notice.to_notice()
    left = f"; the settings' own stays, {told(kept)}" if kept else ""
    return f"{'taken down' if was_up else 'there was none'}{left}"


async def _shown(settings: Settings, notices: Notices) -> str:
    up, kept = await notices.current(), settings.notice.to_notice()
    if up:
        return f"up, {told(up)}"
    return f"from the settings, {told(kept)}" if kept else "there is no notice"


def told(notice: Notice) -> str:
    """Write a notice on one line, and what it does."""
    effect = "nobody can start" if notice.stops else "everything works"
    words = "; ".join(f"{language}: {text}" for language, text in notice.text.items())
    return f"{notice.kind.value} ({effect}): {words}"
