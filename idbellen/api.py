"""Wires the API for other front ends, if there is to be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from web.api.room import ApiOptions

if TYPE_CHECKING:
    from ivr.settings import Settings


def api_options(settings: Settings) -> ApiOptions:
    """Tell the API what it may know of the settings."""
    api = settings.api
    return ApiOptions(
        origins=tuple(api.origins),
        return_urls=tuple(api.return_urls),
        starts_per_minute=api.starts_per_minute,
        contact={"name": settings.organisation.name, "email": api.contact_email, "url": api.contact_url},
    )


def return_origins(settings: Settings) -> tuple[str, ...]:
    """Return the sites to which browsers go back from there."""
    return tuple(sorted({str(URL(url).origin()) for url in settings.api.return_urls}))
