"""``idbellen web``: wires the pages, the log-in methods and the store together. Decides nothing."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from yarl import URL

from idbellen import back_office
from idbellen.api import api_options, return_origins
from idbellen.floor import floor_parts
from idbellen.irma import app
from idbellen.listening import port_errors
from idbellen.notify import Notifier
from idbellen.oidc import organisation, parties
from idbellen.reception import reception
from idbellen.site import site_rooms
from idbellen.softphone import Softphone
from idbellen.storage import open_store
from ivr.store.budget import Budget
from ivr.store.claims import Claims
from ivr.store.desk import Desk
from ivr.store.feed import Feed
from ivr.store.logins import Logins as AgentLogins
from ivr.store.notes import Notes
from ivr.store.once import Once
from ivr.store.orders import Orders
from ivr.store.phones import Phones
from ivr.store.sealing import KeySet, Macs, Sealer
from ivr.store.sessions import Sessions
from ivr.store.upgrades import Upgrades
from web.agent import second
from web.agent.accounts import Accounts
from web.agent.room import agent_room
from web.agent.second import SecondFactor
from web.api.room import api_room
from web.api.way_back import WayBack
from web.app import make_app
from web.citizen.join import join_room
from web.citizen.room import CitizenOptions, citizen_parts, citizen_room, nowhere
from web.health import health_room
from web.identity.demo import Demo
from web.identity.logins import Logins
from web.identity.providers import Providers
from web.identity.returns import Returns
from web.look import Look
from web.options import WebOptions
from web.server import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from ivr.settings import Settings
    from ivr.store.client import Store
    from web.citizen.room import CitizenParts
    from web.identity.protocol import IdentityProvider
    from web.route import Room

log = structlog.get_logger()


def web_options(settings: Settings, code_keys: KeySet, look: Look) -> WebOptions:
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
        counter_url=settings.opening.counter_url,
        accessibility_url=settings.site.accessibility_url,
        theme_url=look.theme_url,
        logo_url=look.logo_url,
        return_origins=return_origins(settings),
    )


class Front:
    """What the citizens' and the agents' rooms have in common, made once. Reads files; writes none."""

    def __init__(self, settings: Settings, store: Store, feed: Feed) -> None:
        seal_keys, code_keys = KeySet.read(settings.seal_file), KeySet.read(settings.code_file)
        self._settings, self._store, self._feed = settings, store, feed
        self._sealer, self._codes_sealer = Sealer(seal_keys), Sealer(code_keys)
        self._seal_keys, self._code_keys = seal_keys, code_keys
        self._zone = ZoneInfo(settings.opening.zone)
        self._purposes = settings.to_purposes()
        self._accounts = Accounts(settings.agents_file)
        self._sessions = Sessions(
            *(store, self._sealer, self._codes_sealer, Macs(code_keys, "code")),
            length=settings.code_length,
            life=settings.codes.minutes * 60,
        )
        self._look = Look.read(settings.site.theme, settings.site.logo)
        self.options = web_options(settings, code_keys, self._look)
        self._logins = Logins(self.options, self._sessions, self._purposes)
        self.once = Once(store)
        self._upgrades = Upgrades(store)
        self._desk = Desk(store, self._sealer, self._codes_sealer)
        phones = Phones(store, self._codes_sealer)
        self.softphone = Softphone(settings, phones, self._desk, self._accounts, self._purposes)
        self.providers = Providers(self._ways(), self._purposes)

    def _ways(self) -> list[IdentityProvider]:
        """Make the ways to log in that are set up."""
        settings, returns = self._settings, Returns(self._logins)
        ways: list[IdentityProvider] = [Demo(returns)] if settings.demo.enabled else []
        ways += app(
            settings.irma,
            public_url=self.options.public_url,
            store=self._store,
            sealer=self._sealer,
            logins=self._logins,
            returns=returns,
            purposes=self._purposes,
        )
        return [*ways, *parties(settings, self.options, returns, self.once)]

    def citizens(self, way_back: WayBack | None) -> CitizenParts:
        """Make what the citizens' pages, and other front ends, are made of."""
        settings = self._settings
        return citizen_parts(
            CitizenOptions(
                number=settings.phone.number,
                display=settings.phone.display,
                minutes=settings.codes.minutes,
                starts_per_minute=settings.web.starts_per_minute,
                zone=self._zone,
            ),
            sessions=self._sessions,
            feed=self._feed,
            purposes=self._purposes,
            providers=self.providers,
            logins=self._logins,
            display_name=self._display_name,
            reception=reception(settings, self._store, self._purposes),
            way_back=way_back.lead if way_back else nowhere,
        )

    def citizen_rooms(self) -> tuple[Room, ...]:
        """Make the citizens' rooms, and the one for other front ends if there is to be one."""
        if not self._settings.api.enabled:
            return self._rooms(self.citizens(None))
        way_back = WayBack(self._notes)
        parts = self.citizens(way_back)
        api = api_room(
            api_options(self._settings),
            parts,
            sessions=self._sessions,
            feed=self._feed,
            way_back=way_back,
            notes=self._notes,
        )
        return *self._rooms(parts), api

    def _rooms(self, parts: CitizenParts) -> tuple[Room, ...]:
        join = join_room(self._upgrades, parts.starts, self._purposes, self.providers)
        return citizen_room(parts, self._purposes), join

    def agent(self) -> Room:
        """Make the agents' room."""
        titles = self.providers.titles()
        idle = self._settings.agents.idle_minutes * 60
        budget = Budget(everybody=self._settings.codes.budget)
        return agent_room(
            accounts=self._accounts,
            second=self._second(),
            logins=AgentLogins(self._store, Macs(self._code_keys, "login"), idle=idle),
            desk=self._desk,
            feed=self._feed,
            views=back_office.views(self._settings, self._seal_keys),
            links=back_office.links(self._settings),
            upgrades=self._upgrades,
            orders=Orders(self._store),
            claims=Claims(self._store, Macs(self._code_keys, "code"), budget),
            purposes=self._purposes,
            method_title=lambda tag, language: titles.get((tag, language), tag),
            zone=self._zone,
            organisation=organisation(self._settings, self.options, self._accounts),
            floor=floor_parts(self._settings, self._store),
            telephone=self.softphone.telephone,
        )

    def _second(self) -> SecondFactor:
        required = self._settings.agents.totp == "required"
        notes = self._notes(second.KIND, second.HALF_SECONDS)
        return SecondFactor(self._sealer, notes, self.once.spend, required=required)

    def site(self) -> tuple[Room, ...]:
        """Make what stands around the citizens' room."""
        return site_rooms(self._settings, self._purposes, self._look)

    def _notes(self, kind: str, seconds: int) -> Notes:
        return Notes(self._store, self._sealer, Macs(self._code_keys, "note"), kind=kind, seconds=seconds)

    def _display_name(self, member: str) -> str:
        agent = self._accounts.at(member)
        return agent.display_name if agent else ""


def make(settings: Settings, store: Store, feed: Feed) -> web.Application:
    """Put the application together; raise SettingsError for what cannot work."""
    front = Front(settings, store, feed)
    health = health_room({"store": store.ping})
    agents = (front.agent(), *front.softphone.rooms())
    rooms = (*front.citizen_rooms(), *front.site(), front.providers.room(), *agents, health)
    return make_app(front.options, rooms, front.once.spend)


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
        with port_errors("web", "web", host, port):
            await stack.enter_async_context(serving(app, host, port))
        log.info("web.listening", host=host, port=port)
        yield
