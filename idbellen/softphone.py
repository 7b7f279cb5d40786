"""Wires the telephones in agents' pages: to the settings, the store and the accounts. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ivr.errors import SettingsError
from ivr.session.attributes import Secret
from ivr.settings.load import read_secret
from web.agent.lookup import Lookup
from web.agent.phone import PhoneOptions, Telephone
from web.agent.phone_room import phone_room

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.settings import Settings
    from ivr.store.desk import Desk
    from ivr.store.phones import Phones
    from web.agent.accounts import Accounts
    from web.route import Room

MIN_SECRET: Final = 24


def phone_options(settings: Settings) -> PhoneOptions | None:
    """Return how pages and Asterisk reach each other, or None without telephones in pages.

    Raises:
        SettingsError: the secret cannot be read, or is too short to be one.

    """
    softphone = settings.softphone
    if not softphone.url or softphone.secret_file is None:
        return None
    secret = read_secret(softphone.secret_file, "softphone.secret_file").get_secret_value()
    if len(secret) < MIN_SECRET:
        raise SettingsError(
            f"softphone.secret_file: holds fewer than {MIN_SECRET} characters. "
            f"Make one with: openssl rand -hex 24 > {softphone.secret_file}"
        )
    return PhoneOptions(
        url=softphone.url,
        realm=softphone.realm,
        secret=Secret(secret),
        stun=tuple(softphone.stun),
        echo=softphone.echo,
        back=softphone.back,
        colleague_prefix=softphone.colleague_prefix,
        queue_prefix=softphone.queue_prefix,
        places=dict(softphone.places),
    )


class Softphone:
    """The telephones in pages, or none: what the other rooms are told of them, and their own room."""

    def __init__(
        self, settings: Settings, phones: Phones, desk: Desk, accounts: Accounts, purposes: Purposes
    ) -> None:
        options = phone_options(settings)
        self.telephone = (
            Telephone(options, phones, desk=desk, accounts=accounts, purposes=purposes) if options else None
        )
        self._lookup = Lookup(options, phones, accounts) if options else None

    def rooms(self) -> tuple[Room, ...]:
        """Make their room, if there are any."""
        return (phone_room(self.telephone, self._lookup),) if self.telephone and self._lookup else ()
