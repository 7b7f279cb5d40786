"""The ways to log in that are set up, and which of them a purpose allows. Knows no way in particular."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from ivr.errors import NotFoundError, SettingsError
from web.headers import allow_form_action
from web.identity.protocol import Leavable
from web.options import LANGUAGES
from web.route import Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import web

    from ivr.session.purpose import Purpose, Purposes
    from web.identity.protocol import IdentityProvider


class Providers:
    """The ways to log in, in the operator's order.

    Raises:
        SettingsError: two have one tag, or a purpose is left without a way to log in.

    """

    __slots__ = ("_by_tag",)

    def __init__(self, providers: Sequence[IdentityProvider], purposes: Purposes) -> None:
        self._by_tag = {provider.tag: provider for provider in providers}
        if len(self._by_tag) != len(providers):
            raise SettingsError("two login methods have the same tag")
        for purpose in purposes:
            if not self.allowed(purpose):
                raise SettingsError(
                    f"purposes.{purpose.name}: no login method that is set up and allowed "
                    f"reaches level {purpose.minimum.name.lower()}. Set up [irma] or [[oidc]], or lower "
                    "the level of this purpose, or look at its methods; to try it out: demo.enabled = true"
                )

    def allowed(self, purpose: Purpose) -> tuple[IdentityProvider, ...]:
        """Return the ways for this purpose: those that it lists, else all; never one that is too low."""
        tags = purpose.methods or tuple(self._by_tag)
        listed = (self._by_tag[tag] for tag in tags if tag in self._by_tag)
        return tuple(provider for provider in listed if provider.level >= purpose.minimum)

    def get(self, purpose: Purpose, tag: str) -> IdentityProvider:
        """Return this way to log in for this purpose, or raise NotFoundError."""
        for provider in self.allowed(purpose):
            if provider.tag == tag:
                return provider
        raise NotFoundError("this purpose has no such login method")

    def titles(self) -> dict[tuple[str, str], str]:
        """Return what people call each way to log in, by tag and language."""
        return {
            (provider.tag, language): provider.title(language)
            for provider in self._by_tag.values()
            for language in LANGUAGES
        }

    def allow_forms(self, request: web.Request, purpose: Purpose) -> None:
        """Let the forms of the page that answers this request lead to the log-ins of this purpose."""
        for provider in self.allowed(purpose):
            for origin in provider.origins:
                allow_form_action(request, origin)

    async def leave(self, session: str) -> None:
        """End every log-in that is under way for a session: its citizen stopped."""
        for provider in self._by_tag.values():
            if isinstance(provider, Leavable):
                await provider.leave(session)

    def room(self) -> Room:
        """Every provider's own pages, and what each holds while the server runs."""
        return Room(
            name="identity",
            routes=tuple(route for provider in self._by_tag.values() for route in provider.routes()),
            lifetimes=(self._lifetime,),
        )

    async def _lifetime(self, _app: web.Application) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for provider in self._by_tag.values():
                await stack.enter_async_context(provider.running())
            yield
