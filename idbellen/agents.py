"""``idbellen agent``: accounts of who works here. What makes one wrong is `web.agent.account_record`'s."""

from __future__ import annotations

import asyncio
import sys
from io import StringIO
from typing import TYPE_CHECKING, Any

import click
import segno

from idbellen.storage import open_store
from ivr.errors import InputError, NotFoundError
from ivr.settings import Settings, load
from ivr.store.keyspace import Member
from ivr.store.logins import Logins
from ivr.store.sealing import KeySet, Macs, Sealer
from web.agent.person import Role
from web.agent.vouched import stranger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from web.agent.account_record import Record
    from web.agent.accounts import Accounts

ROLES = click.Choice([role.value for role in Role])
PASSWORD_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def agent() -> None:
    """Accounts of who works here: agents, team leaders, operators."""


@agent.command()
@click.argument("name")
@click.option("--display-name", required=True, help="What citizens see: a first name is enough.")
@click.option(
    "--member", help="The queue member's interface, for example PJSIP/agent1; for who answers calls."
)
@click.option("--asterisk", default="", help="The Asterisk of this member; by default asterisk.name.")
@click.option("--role", "roles", type=ROLES, multiple=True, help="agent unless you say so; may be repeated.")
@click.option("--queue", "queues", multiple=True, help="Put the member into it at log-in; may be repeated.")
@click.option("--softphone", is_flag=True, help="The phone is in the page.")
@click.option("--subject", help="Who this is at the organisation's OpenID Connect.")
@click.option("--no-password", is_flag=True, help="Only by OpenID Connect.")
@PASSWORD_STDIN
@click.pass_context
def add(
    ctx: click.Context,
    /,
    name: str,
    *,
    display_name: str,
    member: str | None,
    asterisk: str,
    roles: tuple[str, ...],
    no_password: bool,
    password_stdin: bool,
    **others: object,
) -> None:
    """Add an account. Asks for the password. Who answers calls is tied to one queue member."""
    settings = _settings(ctx)
    if no_password and password_stdin:
        raise InputError("give --no-password or --password-stdin, not both")
    password = None if no_password else _password(from_stdin=password_stdin)
    phone = Member(asterisk or settings.asterisk.name, member) if member else None
    given = tuple(map(Role, roles)) or (Role.AGENT,)
    _accounts(settings).add(name, password, display_name, phone, roles=given, **others)
    click.echo(f"{name} can log in at {settings.web.url}/agent")


@agent.command()
@click.argument("name")
@click.option("--display-name", help="What citizens see.")
@click.option("--member", help="Another queue member's interface.")
@click.option("--asterisk", default="", help="The Asterisk of that member; by default asterisk.name.")
@click.option("--no-member", is_flag=True, help="No phone any more, so no queues and no softphone either.")
@click.option("--role", "roles", type=ROLES, multiple=True, help="These, and no others; may be repeated.")
@click.option("--queue", "queues", multiple=True, help="These, and no others; may be repeated.")
@click.option("--no-queues", is_flag=True, help="Leave its queues to Asterisk.")
@click.option("--softphone/--no-softphone", default=None, help="Whether the phone is in the page.")
@click.option("--subject", help="Who this is at the organisation's OpenID Connect.")
@click.option("--no-subject", is_flag=True, help="Nobody there.")
@click.pass_context
def change(ctx: click.Context, /, name: str, *, member: str | None, asterisk: str, **options: Any) -> None:
    """Change an account; what is not named stays. Other roles, or another phone, log it out."""
    settings = _settings(ctx)
    changes = {key: options[key] for key in ("display_name", "roles", "queues", "subject") if options[key]}
    if options["softphone"] is not None:
        changes["softphone"] = options["softphone"]
    if member:
        changes["member"] = Member(asterisk or settings.asterisk.name, member)
    if options["no_member"]:
        changes |= {"member": None, "queues": (), "softphone": False}
    if options["no_queues"]:
        changes["queues"] = ()
    if options["no_subject"]:
        changes["subject"] = None
    if not changes:
        raise InputError("nothing is to be changed; idbellen agent change --help names what can be")
    _accounts(settings).change(name, **changes)
    click.echo(f"{name} is changed")


@agent.command()
@click.argument("name")
@click.option("--none", is_flag=True, help="Take it away: only by OpenID Connect.")
@PASSWORD_STDIN
@click.pass_context
def password(ctx: click.Context, name: str, *, none: bool, password_stdin: bool) -> None:
    """Give an account another password; who is logged in with it is logged out."""
    given = None if none else _password(from_stdin=password_stdin)
    without = {"totp": None} if none else {}
    _accounts(_settings(ctx)).change(name, password=given, **without)
    click.echo(f"{name} has {'no password any more' if none else 'another password'}")


@agent.command()
@click.argument("name")
@click.option("--off", is_flag=True, help="No code any more: name and password will do.")
@click.pass_context
def totp(ctx: click.Context, name: str, *, off: bool) -> None:
    """Have an account asked for a code of an app as well, and show the square for that app, once."""
    from web.agent import second  # noqa: PLC0415 - other commands seal nothing

    settings = _settings(ctx)
    if off:
        _accounts(settings).change(name, totp=None)
        click.echo(f"{name} needs no code any more")
        return
    secret = second.draw()
    sealed = second.seal(Sealer(KeySet.read(settings.seal_file)), name, secret)
    _accounts(settings).change(name, totp=sealed)
    told = second.address(secret, name, settings.organisation.name).reveal()
    drawn = StringIO()
    segno.make(told, micro=False).terminal(drawn, compact=True)
    click.echo(
        f"{drawn.getvalue()}\n{told}\n\nFor the app of {name}, who needs its codes from now on. Shown once."
    )


@agent.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the accounts: name, roles, queue member, display name, and what else there is."""
    for record in _accounts(_settings(ctx)).records():
        roles, phone = ",".join(record.roles), record.to_person().phone or "-"
        notes = "; ".join(_notes(record))
        click.echo("\t".join(filter(None, (record.name, roles, phone, record.display_name, notes))))


@agent.command()
@click.argument("name", required=False)
@click.option("--subject", help="Somebody without an account, by what the organisation calls them.")
@click.pass_context
def logout(ctx: click.Context, name: str | None, *, subject: str | None) -> None:
    """End all log-ins of an account at once; its open screens go blank."""
    settings = _settings(ctx)
    if bool(name) == bool(subject):
        raise InputError("give a NAME, or the --subject of somebody without an account")
    account, phone = stranger(subject or ""), ""
    if name:
        person = _accounts(settings).find(name)
        if person is None:
            raise NotFoundError(f"there is no account {name}")
        account, phone = person.account, person.phone
    asyncio.run(_end(settings, account, phone))
    click.echo(f"{name or subject} is logged out everywhere")


async def _end(settings: Settings, account: str, phone: str) -> None:
    store = open_store(settings)
    try:
        macs = Macs(KeySet.read(settings.code_file), "login")
        await Logins(store, macs, idle=settings.agents.idle_minutes * 60).end(account, phone)
    finally:
        await store.close()


@agent.command()
@click.argument("name")
@click.pass_context
def remove(ctx: click.Context, name: str) -> None:
    """Remove an account; who is logged in with it is logged out."""
    _accounts(_settings(ctx)).remove(name)
    click.echo(f"{name} is removed")


def _notes(record: Record) -> Iterator[str]:
    if record.queues:
        yield f"queues {', '.join(record.queues)}"
    if record.softphone:
        yield "softphone"
    if record.subject:
        yield f"subject {record.subject}"
    if record.password is None:
        yield "no password"
    if record.totp:
        yield "second factor"


def _settings(ctx: click.Context) -> Settings:
    return load(ctx.find_root().obj).settings


def _accounts(settings: Settings) -> Accounts:
    from web.agent.accounts import Accounts  # noqa: PLC0415 - other commands need no argon2

    return Accounts(settings.agents_file)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
