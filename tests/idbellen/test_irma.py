"""idbellen.irma: the app wired from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr
from yarl import URL

from idbellen.irma import MAX_SECRET, app, asking
from ivr.errors import SettingsError
from ivr.session.attributes import Level
from ivr.settings.irma import IrmaSettings
from ivr.settings.schema import Settings
from ivr.store.sealing import KeySet, Sealer
from tests.lab.front import options
from web.identity.logins import Logins
from web.identity.returns import Returns

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.store.client import Store
    from ivr.store.sessions import Sessions
    from web.identity.irma.provider import Irma

URL_ = "https://irma.example.nl"


@pytest.fixture
def wire(store: Store, sessions: Sessions) -> Any:
    """Wires the app from these settings."""

    def wired(**settings: Any) -> list[Irma]:
        purposes = Settings().to_purposes()
        logins = Logins(options(), sessions, purposes)
        return app(
            IrmaSettings(**settings),
            public_url=URL("https://bellen.example.nl"),
            store=store,
            sealer=Sealer(KeySet.draw()),
            logins=logins,
            returns=Returns(logins),
            purposes=purposes,
        )

    return wired


def test_without_a_server_there_is_no_such_method(wire: Any) -> None:
    """Nothing else of it is looked at."""
    assert wire(secret=SecretStr("")) == []


def test_with_one_there_is_and_what_we_come_with_will_do(wire: Any) -> None:
    """For every purpose that we come with, up to the highest level."""
    (made,) = wire(url=URL_, secret=SecretStr("token"))
    assert (made.tag, made.level, made.demo) == ("irma", Level.HIGH, False)
    assert made.title("nl") == "Yivi"


@pytest.mark.req("O5")
def test_the_secret_may_stand_in_a_file(wire: Any, tmp_path: Path) -> None:
    """One that cannot be read, or is too large, is told by its setting and not shown."""
    file = tmp_path / "secret"
    file.write_text("token\n")
    assert wire(url=URL_, secret_file=file)
    file.write_text("x" * (MAX_SECRET + 1))
    with pytest.raises(SettingsError, match=r"irma\.secret_file: .* larger"):
        wire(url=URL_, secret_file=file)
    for unreadable in (tmp_path / "none", tmp_path):
        with pytest.raises(SettingsError, match=r"irma\.secret_file: .* cannot be read"):
            wire(url=URL_, secret_file=unreadable)
    with pytest.raises(SettingsError, match=r"irma\.secret: is not a token"):
        wire(url=URL_)


def test_a_purpose_that_the_app_cannot_serve_is_told_at_start(wire: Any) -> None:
    """With the name of the attribute that is not there."""
    with pytest.raises(SettingsError, match="does not say where 'fullname' is"):
        wire(url=URL_, secret=SecretStr("token"), attributes={"bsn": ["pbdf.gemeente.personalData.bsn"]})


def test_digids_figures_are_the_levels_that_they_are() -> None:
    """Basis and Midden are low."""
    levels = asking(IrmaSettings()).levels
    assert levels == {"10": Level.LOW, "20": Level.LOW, "25": Level.SUBSTANTIAL, "30": Level.HIGH}
