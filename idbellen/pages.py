"""``idbellen web``: wires the pages, the log-in methods and the store together. Decides nothing."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog
from yarl import URL

from idbellen.notify import Notifier
from idbellen.storage import open_store
from ivr.errors import SettingsError
from ivr.store.desk import Desk
from ivr.store.feed import Feed
from ivr.store.logins import Logins as AgentLogins
from ivr.store.once import Once
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from web.agent.accounts import Accounts
from web.agent.room import agent_room
from web.app import make_app
from web.citizen.room import CitizenOptions, citizen_room
from web.health import health_room
from web.identity.demo import Demo
from web.identity.logins import Logins
from web.identity.providers import Providers
from web.identity.returns import Returns
from web.options import WebOptions
from web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from ivr.settings import Settings
    from ivr.store.client import Store

ZONE: Final = "Europe/Amsterdam"

log = structlog.get_logger()


def web_options(settings: Settings, code_keys: KeySet) -> WebOptions:
    """Tell the web what it may know of the settings."""
    url = settings.redis.url.get_secret_value()
    return WebOptions(
        organisation=settings.organisation.name,
        phone=settings.phone.general,
        phone_uri="".join(sign for sign in settings.phone.general if sign in "+0123456789"),
        public_url=URL(settings.web.url),
        secret=code_keys.derive(code_keys.active, "web"),
        demo=settings.demo.enabled,
        trusted_proxies=tuple(settings.web.trusted_proxies),
        limits_uri=f"async+{url}" if url.startswith(("redis://", "rediss://")) else "async+memory://",
        privacy_url=settings.organisation.privacy_url,
    )


def make(settings: Settings, store: Store, feed: Feed) -> web.Application:
    """Put the application together; raise SettingsError for what cannot work."""
    seal_keys, code_keys = KeySet.read(settings.seal_file), KeySet.read(settings.code_file)
    sealer, codes_sealer = Sealer(seal_keys), Sealer(code_keys)
    macs = Macs(code_keys, "code")
    options = web_options(settings, code_keys)
    purposes, accounts, once = settings.to_purposes(), Accounts(settings.agents_file), Once(store)
    sessions = Sessions(
        store, sealer, codes_sealer, macs, length=settings.code_length, life=settings.codes.minutes * 60
    )
    logins = Logins(options, sessions, purposes)
    providers = Providers([Demo(Returns(logins))] if settings.demo.enabled else [], purposes)
    titles = providers.titles()

    def display_name(member: str) -> str:
        agent = accounts.at(member)
        return agent.display_name if agent else ""

    zone = ZoneInfo(ZONE)
    citizen = citizen_room(
        CitizenOptions(
            number=settings.phone.number,
            display=settings.phone.display,
            minutes=settings.codes.minutes,
            starts_per_minute=settings.web.starts_per_minute,
            zone=zone,
        ),
        sessions=sessions,
        feed=feed,
        purposes=purposes,
        providers=providers,
        logins=logins,
        display_name=display_name,
    )
    agent = agent_room(
        accounts=accounts,
        logins=AgentLogins(store, Macs(code_keys, "login"), idle=settings.agents.idle_minutes * 60),
        desk=Desk(store, sealer, codes_sealer),
        feed=feed,
        once=once,
        purposes=purposes,
        method_title=lambda tag, language: titles.get((tag, language), tag),
        zone=zone,
    )
    health = health_room({"store": store.ping})
    return make_app(options, (citizen, providers.room(), agent, health), once.spend)


async def serve(settings: Settings) -> None:
    """Serve the pages until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = open_store(settings)
    feed = Feed(store)
    try:
        app = make(settings, store, feed)
        async with feed.running(), _listening(app, settings), asyncio.TaskGroup() as group:
            beat = group.create_task(Notifier.from_environment().beat(), name="beat")
            await stop.wait()
            log.info("web.stopping")
            beat.cancel()
    finally:
        await store.close()


@asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    host, port = settings.web.host, settings.web.port
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(serving(app, host, port))
        except OSError as error:
            raise SettingsError(
                f"web.port: cannot listen on {host}:{port} ({error.strerror}); "
                "is another `idbellen web` running? For example: web.port = 8081"
            ) from None
        log.info("web.listening", host=host, port=port)
        yield
