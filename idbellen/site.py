"""What stands around the citizens' pages, wired: look, pages about them, the button, two small files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.button import button_room
from web.citizen.about import about_room
from web.wellknown import SecurityContact, wellknown_room

if TYPE_CHECKING:
    from ivr.session.purpose import Purposes
    from ivr.settings import Settings
    from ivr.settings.site import SecuritySettings
    from web.look import Look
    from web.route import Room


def site_rooms(settings: Settings, purposes: Purposes, look: Look) -> tuple[Room, ...]:
    """Make their rooms."""
    return (
        about_room(purposes, minutes=settings.codes.minutes),
        button_room(tuple(settings.site.button_origins)),
        wellknown_room(security_contact(settings.security)),
        look.room(),
    )


def security_contact(security: SecuritySettings) -> SecurityContact | None:
    """Return whom to tell of a weakness, if the settings say so."""
    if not security.contact or security.expires is None:
        return None
    return SecurityContact(
        contacts=tuple(security.contact), last_day=security.expires, policy=security.policy
    )
