"""``idbellen processing``: the names under which a citizen stands in the processing log.

For a citizen who asks who looked at their data (GDPR, article 15): search the log for what this prints. The
value is asked for, and not an argument, since arguments stay in a shell's history and are seen by ``ps``.
"""

from __future__ import annotations

import click

from idbellen.back_office import USE
from ivr.errors import InputError
from ivr.settings import load
from ivr.store.sealing import KeySet, Macs
from web.agent.views import subject_text


@click.command()
@click.pass_context
def processing(ctx: click.Context) -> None:
    """Print what to search the processing log for. Asks for the citizen's own number (their BSN)."""
    settings = load(ctx.find_root().obj).settings
    name = settings.processing.subject
    value = click.prompt(name, hide_input=True).strip()
    if not value:
        raise InputError(f"{name}: nothing was given")
    for mac in Macs(KeySet.read(settings.seal_file), USE).all(subject_text(name, value)):
        click.echo(mac)
