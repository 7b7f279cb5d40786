"""A real OpenID Connect provider: npm's certified oidc-provider, in a process of its own. See tests/provider.

::

    async with Provider(redirect_uri) as provider:
        await log_in(page, acr=SUBSTANTIAL)

It stands at localhost, and the pages of tests at 127.0.0.1: two sites, as browsers count them, so that
cookies go or stay as in real life.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Final, Self

from ivr.session.attributes import Level, Secret
from ivr.store.once import Once
from tests.lab import guard
from tests.lab.citizens import PERSON
from tests.lab.front import TOP
from web.identity.oidc import OpenIdConnect, Terms
from web.oidc.client import Client, SecretInHeader
from web.oidc.party import Party
from web.oidc.request import Binding

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from playwright.async_api import Page

    from ivr.store.client import Store
    from web.identity.returns import Returns
    from web.oidc.client import Authentication
    from web.oidc.wire import Wire

INSTALL_SECONDS: Final = 300
READY_SECONDS: Final = 20
LOW, SUBSTANTIAL = "urn:example:low", "urn:example:substantial"
LEVELS: Final = {LOW: Level.LOW, SUBSTANTIAL: Level.SUBSTANTIAL}
CLIENT_ID: Final = "id:bellen"
"""With signs that must be written otherwise in a header."""
CLIENT_SECRET: Final = "geheim: 100% & meer+"
TAG: Final = "keycloak"
KEY: Final = b"a test's key of thirty-two bytes."
TITLE: Final = {"nl": "het testaccount", "en": "the test account"}


@cache
def install() -> None:
    """Install its packages, once a run; nothing happens if they are there."""
    subprocess.run([TOP / "scripts/packages", "tests/provider"], check=True, timeout=INSTALL_SECONDS)


def terms(tag: str = TAG) -> Terms:
    """What is agreed about citizens."""
    paths = {"fullname": ("fullname",), "bsn": ("bsn",), "postcode": ("address", "postal_code")}
    return Terms(tag=tag, title=TITLE, levels=LEVELS, acr_values={}, paths=paths)


def client(issuer: str, redirect_uri: str, authentication: Authentication | None = None) -> Client:
    """What is agreed about the protocol."""
    proof = authentication or SecretInHeader(Secret(CLIENT_SECRET))
    scopes = ("openid", "details")
    return Client(issuer=issuer, id=CLIENT_ID, authentication=proof, redirect_uri=redirect_uri, scopes=scopes)


def settings(issuer: str) -> str:
    """What an operator writes for it."""
    return f"""
[[oidc]]
name = "{TAG}"
title = {{ nl = "{TITLE["nl"]}", en = "{TITLE["en"]}" }}
issuer = "{issuer}"
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
scopes = ["openid", "details"]
levels = {{ "{LOW}" = "low", "{SUBSTANTIAL}" = "substantial" }}
claims = {{ fullname = "fullname", bsn = "bsn", dateofbirth = "dateofbirth" }}
"""


def ways(client: Client, store: Store, wire: Wire | None = None) -> Callable[[Returns], list[OpenIdConnect]]:
    """For `tests.lab.visitors.pages`: this one way to log in."""
    party = Party(client, Binding(KEY), wire=wire)
    return lambda returns: [OpenIdConnect(terms(), party, returns, Once(store).spend)]


class Provider:
    """One provider; ``known`` is what more it knows of us, in the words of Dynamic Client Registration."""

    def __init__(
        self, redirect_uri: str, *, host: str = "localhost", claims: bool = True, **known: object
    ) -> None:
        self.port = guard.free_port()
        self.issuer = f"http://{host}:{self.port}"
        person = {**PERSON, "dateofbirth": "1942-08-05", "address": {"postal_code": PERSON["postcode"]}}
        lena = {"name": "Lena Bos", "roles": ["kcc-lead", "other"]}
        self._told = {
            "port": self.port,
            "issuer": self.issuer,
            "claims": claims,
            "acrs": [LOW, SUBSTANTIAL],
            "persons": {"kanarie": person, "zonder": {**person, "bsn": None}, "lena": lena},
            "client": {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "redirect_uris": [redirect_uri],
                **known,
            },
        }

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(install)
        pipe = asyncio.subprocess.PIPE
        argv = ("node", "provider.mjs", json.dumps(self._told))
        self._process = await guard.spawn(
            *argv, stdin=pipe, stdout=pipe, stderr=pipe, cwd=str(TOP / "tests/provider")
        )
        try:
            await self._hear("READY")
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def rotate(self) -> None:
        """Let it sign with a new key from now on, and forget the old one."""
        self._process.stdin.write(b"rotate\n")
        await self._hear("ROTATED")

    async def stop(self) -> None:
        """End it."""
        await guard.end(self._process, at_once=True)

    async def _hear(self, word: str) -> None:
        async with asyncio.timeout(READY_SECONDS):
            line = await self._process.stdout.readline()
        if line.decode().strip() != word:
            raise RuntimeError(f"the provider ended:\n{(await self._process.stderr.read()).decode()}")


async def log_in(page: Page, *, acr: str = SUBSTANTIAL, person: str = "kanarie") -> None:
    """In a real browser at the provider's page: log in."""
    await page.locator("[name=person]").select_option(person)
    await page.locator("[name=acr]").select_option(acr)
    await page.get_by_role("button", name="Log in").click()
