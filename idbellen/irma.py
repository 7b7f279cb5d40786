"""Wires the Yivi app as a login method, from the settings. Reads the secret: the web alone needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.errors import SettingsError
from ivr.session.attributes import Level
from ivr.settings.irma import AND
from ivr.store.errands import Errands
from web.identity.irma.asking import Asking
from web.identity.irma.pickup import TAG
from web.identity.irma.provider import Irma, IrmaOptions
from web.identity.irma.requestor import Requestor
from web.identity.logins import STATE_SECONDS

if TYPE_CHECKING:
    from yarl import URL

    from ivr.session.purpose import Purposes
    from ivr.settings.irma import IrmaSettings
    from ivr.store.client import Store
    from ivr.store.sealing import Sealer
    from web.identity.logins import Logins
    from web.identity.returns import Returns

MAX_SECRET: Final = 8192
"""Bytes of the file that holds it: an RSA key of 4,096 bits has 3,272."""


def app(
    settings: IrmaSettings,
    *,
    public_url: URL,
    store: Store,
    sealer: Sealer,
    logins: Logins,
    returns: Returns,
    purposes: Purposes,
) -> list[Irma]:
    """Return the login method, if a server is set; raise SettingsError for what cannot work."""
    if not settings.url:
        return []
    options = IrmaOptions(
        url=settings.url,
        requestor=Requestor(settings.requestor, settings.authentication, _secret(settings)),
        asking=asking(settings),
        public_url=public_url,
        open_seconds=settings.minutes * 60,
        answer_seconds=settings.seconds,
        pairing=settings.pairing,
        callback=settings.callback,
    )
    errands = Errands(store, sealer, method=TAG, seconds=STATE_SECONDS)
    return [Irma(options, returns, logins, errands, purposes)]


def asking(settings: IrmaSettings) -> Asking:
    """Tell the login method what the settings say of the app's cards."""
    return Asking(
        sources={
            name: tuple(tuple(source.split(f" {AND} ")) for source in sources)
            for name, sources in settings.attributes.items()
        },
        level_attribute=settings.level_attribute,
        levels={value: Level[level.upper()] for value, level in settings.levels.items()},
        level=Level[settings.level.upper()],
    )


def _secret(settings: IrmaSettings) -> str:
    file = settings.secret_file
    if file is None:
        return settings.secret.get_secret_value()
    try:
        with file.open("rb") as opened:
            secret = opened.read(MAX_SECRET + 1)
        if len(secret) > MAX_SECRET:
            raise SettingsError(f"irma.secret_file: {file} is larger than {MAX_SECRET} bytes")
        return secret.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"irma.secret_file: {file} cannot be read ({type(error).__name__})") from None
