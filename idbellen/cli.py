"""The ``idbellen`` command. Each subcommand is a few lines: the work is done in the rooms."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import uvloop

from idbellen.agents import agent
from idbellen.notice import notice
from idbellen.processing import processing
from idbellen.qr import qr
from ivr import logs
from ivr.errors import IdBellenError, InputError, SettingsError, StoreError
from ivr.settings import Loaded, Settings, load
from ivr.settings.load import check_secrets
from ivr.store.sealing import KeySet

if TYPE_CHECKING:
    from collections.abc import Coroutine

STORE_STEP: Final = "; is it running, and is redis.url right? `idbellen doctor` tells more"
GARBAGE: Final = (10_000, 20, 50)
"""When Python looks for garbage: to look through all that lives with 2,000 open screens takes 0.1 s."""
OWNER_ONLY: Final = 0o600
FOLDER_MODE: Final = 0o700


class Group(click.Group):
    """Shows our own errors as one clear message, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; end with status 1 and the message when we know what is wrong."""
        try:
            return super().invoke(ctx)
        except IdBellenError as error:
            next_step = STORE_STEP if isinstance(error, StoreError) else ""
            message = "\n".join(f"idbellen: {line}" for line in f"{error}{next_step}".splitlines())
            click.echo(message, err=True)
            ctx.exit(1)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The settings file (TOML).")
@click.version_option(package_name="idbellen")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Callers to a contact centre, proven before the agent says hello."""
    ctx.obj = config


def _load(ctx: click.Context) -> Loaded:
    return load(ctx.find_root().obj)


def _serve(settings: Settings, work: Coroutine[Any, Any, None]) -> None:
    logs.set_up(settings.log_level)
    gc.freeze()  # what is loaded by now stays for good: not to be looked through while a caller waits
    gc.set_threshold(*GARBAGE)
    try:
        uvloop.run(work)
    except* IdBellenError as group:
        raise group.exceptions[0] from None


@main.command()
@click.pass_context
def ivr(ctx: click.Context) -> None:
    """Run telephony: FastAGI for callers, AMI for who picks up."""
    from idbellen import telephony  # noqa: PLC0415 - the web's process needs none of it

    settings = _load(ctx).settings
    _serve(settings, telephony.serve(settings))


@main.command()
@click.pass_context
def web(ctx: click.Context) -> None:
    """Run the citizens' and the agents' pages."""
    from idbellen import pages  # noqa: PLC0415 - telephony's process needs none of it

    settings = _load(ctx).settings
    _serve(settings, pages.serve(settings))


@main.command()
@click.pass_context
def up(ctx: click.Context) -> None:
    """Run both, and a store of its own when redis.url is empty."""
    from idbellen import up as supervisor  # noqa: PLC0415 - for this command only

    settings = _load(ctx).settings
    check_secrets(settings)
    embedded = None if settings.redis.url.get_secret_value() else settings.store_socket
    parts = supervisor.parts(ctx.find_root().obj, settings.data_dir, embedded)
    _make_folder(settings.data_dir, "data_dir")
    for file in (settings.seal_file, settings.code_file):
        if not file.exists():
            write_keys(file)
            click.echo(f"made key file {file}")
    asyncio.run(supervisor.Supervisor(settings.data_dir).run(parts))


@main.command()
@click.pass_context
def keys(ctx: click.Context) -> None:
    """Make the key files that are not there yet."""
    settings = _load(ctx).settings
    _make_folder(settings.data_dir, "data_dir")
    for file in (settings.seal_file, settings.code_file):
        if file.exists():
            KeySet.read(file)
            click.echo(f"{file}: is there, and is left as it is")
        else:
            write_keys(file)
            click.echo(f"{file}: made")


@main.command()
@click.pass_context
def settings(ctx: click.Context) -> None:
    """Show every setting: its value, default and source. Secrets are hidden."""
    lines = list(_load(ctx).lines())
    width = max(len(line.name) for line in lines)
    for line in lines:
        default = "" if line.value == line.default else f" (default {line.default or 'empty'})"
        click.echo(f"{line.name:{width}}  {line.value or '-'}{default}  [{line.source}]")


@main.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Say what is missing in Asterisk, the store and the prompts, and how to mend it."""
    from idbellen import doctor as checks  # noqa: PLC0415 - for this command only
    from idbellen import verdict  # noqa: PLC0415 - for this command only

    settings = _load(ctx).settings
    results = asyncio.run(checks.examine(settings))
    click.echo(verdict.table(results, colour=sys.stdout.isatty()))
    ctx.exit(int(any(result.verdict is verdict.Verdict.WRONG for result in results)))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_context
def prompts(ctx: click.Context, folder: Path) -> None:
    """Render the prompts that are missing in Asterisk's sounds FOLDER."""
    from ivr.prompts.render import render, render_counting  # noqa: PLC0415 - for this command only

    settings = _load(ctx).settings
    try:
        for done in chain(render(folder, settings.organisation.name), render_counting(folder)):
            length = f" ({done.seconds:.1f} s)" if done.seconds else ""
            click.echo(f"{done.path} {done.outcome.value}{length}")
    except OSError as error:
        raise InputError(
            f"{error.filename or folder}: {error.strerror}; run this as root, or as its owner"
        ) from None


main.add_command(agent)
main.add_command(notice)
main.add_command(processing)
main.add_command(qr)


def write_keys(file: Path) -> None:
    """Make a key file with one new key, for the owner's eyes only; never over one that is there."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError:
        raise SettingsError(f"{file} is there already") from None
    except OSError as error:
        raise SettingsError(f"{file} cannot be made: {error.strerror}") from None
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(KeySet.draw().to_text())


def _make_folder(folder: Path, setting: str) -> None:
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{setting}: folder {folder} cannot be made: {error.strerror}") from None
