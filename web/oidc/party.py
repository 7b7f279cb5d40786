"""One provider, to whoever wants somebody to log in there. Knows the order of things.

Nothing is fetched before somebody wants it, so a provider that is away stops nothing but its own log-ins.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yarl import URL

from ivr.errors import ProviderError
from web.oidc import keys as key_sets
from web.oidc import metadata
from web.oidc.claims import find
from web.oidc.kept import Kept
from web.oidc.keys import Keys
from web.oidc.request import address
from web.oidc.tokens import check_id_token, moment, opened
from web.oidc.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from web.oidc.answer import Answer
    from web.oidc.client import Client
    from web.oidc.keys import KeyMap
    from web.oidc.metadata import Metadata
    from web.oidc.request import Binding, Question
    from web.oidc.tokens import Claims

WHOLE_SECONDS: Final = 8.0
"""For all that one page asks of the provider; less than a page may take."""
ERRORS: Final = frozenset({"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client"})
"""Words that a token endpoint has for a refusal (RFC 6749 §5.2)."""
JWT: Final = "application/jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who logged in, as the provider says and as we have checked."""

    subject: str = field(repr=False)
    """Their name at this provider, the same each time (``sub``)."""
    acr: str
    """How they logged in, in the provider's word; empty: it does not say."""
    at: float
    """When they did, in seconds since the epoch."""
    claims: Mapping[str, object] = field(repr=False)
    """Of the ID token, and where that is silent of UserInfo."""


class Party:
    """One provider. ``binding`` belongs to the caller's use of it."""

    def __init__(
        self,
        client: Client,
        binding: Binding,
        *,
        wire: Wire | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._binding = binding
        self._wire = wire or Wire()
        self._now = now
        self._metadata = Kept(self._fetch_metadata)
        self._keys = Keys(Kept(self._fetch_keys))

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep connections for as long as this is entered. Asks nothing."""
        return self._wire.running()

    async def address(self, question: Question) -> str:
        """Return where to send the browser; raise ProviderError when the provider does not answer."""
        async with _bounded():
            return address(self._client, await self._metadata.get(), question, self._binding)

    async def goodbye(self, back: str) -> str:
        """Return where to send a browser to log out there as well; empty when the provider has no such page.

        ``back``: where the provider is asked to lead it then. Raise ProviderError when it does not answer.
        """
        async with _bounded():
            door = (await self._metadata.get()).end_session_endpoint
        if not door:
            return ""
        return str(URL(door).update_query(client_id=self._client.id, post_logout_redirect_uri=back))

    async def redeem(self, answer: Answer, question: Question) -> Proof:
        """Return who logged in. The caller lets each answer in once, from the browser that was sent.

        Raises:
            ProviderError: nobody did, or it cannot be known; see its reason.

        """
        async with _bounded():
            provider = await self._metadata.get()
            answer.check(provider)
            id_token, access_token = await self._exchange(provider, answer, question)
            token = await opened(id_token, self._client, self._keys)
            now = self._now()
            check_id_token(token, self._client, self._binding.nonce(question.state), access_token, now)
            more: Claims = {}
            if provider.userinfo_endpoint and any(find(token, path) is None for path in question.wanted):
                more = await self._userinfo(provider, access_token, token["sub"])
        acr = token.get("acr")  # of the ID token alone: UserInfo is about somebody, not about this log-in
        return Proof(
            subject=token["sub"],
            acr=acr if isinstance(acr, str) else "",
            at=moment(token.get("auth_time"), now) or now,
            claims={**more, **token},
        )

    async def _exchange(self, provider: Metadata, answer: Answer, question: Question) -> tuple[str, str]:
        """Give the code for an ID token and an access token (Core §3.1.3.1 to 5)."""
        proven = self._client.authentication.prove(self._client.id, provider)
        form = {
            "grant_type": "authorization_code",
            "code": answer.code,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": self._binding.verifier(question.state),
            **proven.fields,
        }
        reply = await self._wire.post(provider.token_endpoint, form, proven.headers)
        found = reply.json()
        if "error" in found:
            known = [word for word in ERRORS if word == found["error"]]
            raise ProviderError("the code was refused", reason=known[0] if known else "refused")
        id_token, access_token, kind = (
            found.get(name) for name in ("id_token", "access_token", "token_type")
        )
        if not (isinstance(id_token, str) and isinstance(access_token, str) and isinstance(kind, str)):
            raise ProviderError("the provider gives no tokens", reason="token")
        if kind.lower() != "bearer":
            raise ProviderError("the provider gives another kind of token", reason="token")
        return id_token, access_token

    async def _userinfo(self, provider: Metadata, access_token: str, subject: str) -> Claims:
        """Ask for more (Core §5.3); it must be about the same person (§5.3.2)."""
        reply = await self._wire.get(provider.userinfo_endpoint, {"Authorization": f"Bearer {access_token}"})
        if reply.kind == JWT:
            found = await opened(reply.body.decode("ascii", "replace"), self._client, self._keys)
            if (found.get("iss"), found.get("aud")) != (self._client.issuer, self._client.id):
                raise ProviderError("UserInfo is another's", reason="userinfo")
        else:
            found = reply.json()
        if found.get("sub") != subject:
            raise ProviderError("UserInfo is about somebody else", reason="userinfo")
        return found

    async def _fetch_metadata(self) -> Metadata:
        issuer = self._client.issuer
        return metadata.read((await self._wire.get(metadata.address(issuer))).json(), issuer)

    async def _fetch_keys(self) -> KeyMap:
        return key_sets.read((await self._wire.get((await self._metadata.get()).jwks_uri)).json())


@asynccontextmanager
async def _bounded() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            yield
    except TimeoutError:
        raise ProviderError("the provider is too slow", reason="slow") from None
