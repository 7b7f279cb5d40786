"""What `idbellen doctor` says of who works here: are there accounts, and can all of them come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idbellen.verdict import Result, fine, warning, wrong
from ivr.errors import IdBellenError, SettingsError
from ivr.store.sealing import KeySet, Sealer
from web.agent.accounts import Accounts
from web.agent.second import Seal, seal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.settings import Settings
    from web.agent.account_record import Record


def examine(settings: Settings) -> Iterator[Result]:
    """Do all checks of accounts."""
    try:
        records = Accounts(settings.agents_file).records()
    except IdBellenError as error:
        yield wrong("agents", str(error), f"mend {settings.agents_file}, or restore it from your backup")
        return
    if not records:
        yield warning("agents", "there are no accounts", "idbellen agent add NAME --member PJSIP/…")
        return
    yield fine("agents", f"{len(records)} can log in")
    yield from _ways_in(settings, records)
    yield from _second_factors(settings, records)


def _ways_in(settings: Settings, records: tuple[Record, ...]) -> Iterator[Result]:
    if not settings.agents.oidc.issuer and (names := _named(r for r in records if r.password is None)):
        mend = "idbellen agent password NAME, or set up [agents.oidc]"
        yield wrong("agents", f"{names}: no password, and no other way to log in is set up", mend)
    if settings.agents.oidc.only and (names := _named(r for r in records if r.subject is None)):
        mend = "idbellen agent change NAME --subject …"
        yield warning("agents", f"{names}: no subject, though agents.oidc.only takes passwords away", mend)
    if settings.agents.totp == "required" and (
        names := _named(r for r in records if r.password and not r.totp)
    ):
        found = f"{names}: no second factor, which agents.totp demands"
        yield warning("agents", found, "idbellen agent totp NAME")


def _second_factors(settings: Settings, records: tuple[Record, ...]) -> Iterator[Result]:
    try:
        sealer = Sealer(KeySet.read(settings.seal_file))
    except SettingsError:
        return  # told already, where keys are looked at
    seals = {record: seal_of(sealer, record) for record in records}
    if names := _named(record for record, seal in seals.items() if seal is Seal.LOST):
        found = f"{names}: the second factor does not open with {settings.seal_file}"
        yield wrong("agents", found, "put the old key back into it, or: idbellen agent totp NAME")
    if names := _named(record for record, seal in seals.items() if seal is Seal.OLD):
        found = f"{names}: the second factor is sealed with an older key"
        yield warning("agents", found, "keep that key until they have logged in once")


def _named(records: Iterator[Record]) -> str:
    return ", ".join(record.name for record in records)
