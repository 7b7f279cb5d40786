"""What `idbellen doctor` looks at for telephones in agents' pages: accounts, Asterisk's files, its websocket.

Knows what a browser needs of Asterisk, and which file mends what is missing. Registers nobody: it asks, and
looks how Asterisk asks back.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import TYPE_CHECKING, Final

import aiohttp

from idbellen.manager import manager_link
from idbellen.softphone import phone_options
from idbellen.verdict import Result, fine, warning, wrong
from ivr.errors import IdBellenError, ManagerError, SettingsError
from web.agent.accounts import Accounts
from web.agent.person import Agent
from web.agent.phone import endpoint_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ivr.ami.link import ManagerLink
    from ivr.settings import Settings

PART: Final = "phone"
SECONDS: Final = 5.0
MAX_LOOKED_AT: Final = 20
"""Telephones whose set-up in Asterisk is looked at: the others will be alike."""
PROTOCOL: Final = "sip"
MODULES: Final = (
    "res_config_curl.so",
    "func_curl.so",
    "res_sorcery_realtime.so",
    "res_pjsip_transport_websocket.so",
)
MOST_SECONDS: Final = 5
"""The longest that Asterisk may wait for our answer."""
_STATUS: Final = re.compile(r"SIP/2\.0 (\d{3})")
_REALM: Final = re.compile(r'realm="([^"]*)"')


async def examine(settings: Settings) -> AsyncIterator[Result]:
    """Do all checks; none of them stops the others. Nothing without telephones in pages."""
    names = _endpoints(settings)
    try:
        options = phone_options(settings)
    except SettingsError as error:
        yield wrong(
            PART, str(error), "openssl rand -hex 24, into this file and into Asterisk's softphone.secret"
        )
        return
    if options is None:
        if names:
            yield wrong(
                PART, f"{names[0]} has a telephone in the page, which has no address", "set softphone.url"
            )
        return
    if not names:
        yield warning(PART, "nobody has a telephone in the page", "idbellen agent change NAME --softphone")
        return
    async for result in _files(settings, names):
        yield result
    yield await _websocket(settings, names[0])


def _endpoints(settings: Settings) -> list[str]:
    try:
        people = Accounts(settings.agents_file).list()
    except IdBellenError:
        return []  # told elsewhere
    agents = (person for person in people if isinstance(person, Agent))
    ours = (agent for agent in agents if agent.member.asterisk == settings.asterisk.name)
    return [endpoint for agent in ours if (endpoint := endpoint_of(agent))]


async def _files(settings: Settings, names: list[str]) -> AsyncIterator[Result]:
    try:
        async with (link := manager_link(settings)).once():
            async for result in _loaded(link):
                yield result
            for name in names[:MAX_LOOKED_AT]:
                if told := await _section(link, name):
                    yield told
    except (ManagerError, SettingsError) as error:
        yield wrong(PART, f"Asterisk's files were not looked at: {error}", "see the line manager")


async def _loaded(link: ManagerLink) -> AsyncIterator[Result]:
    absent = [name for name in MODULES if await _value(link, f"IFMODULE({name})") != "1"]
    if absent:
        mend = "modules.conf, or Debian's asterisk-modules"
        yield wrong(PART, f"Asterisk has not loaded {', '.join(absent)}", mend)
    seconds = await _value(link, "CURLOPT(httptimeout)")
    if not seconds.isdigit() or not 0 < int(seconds) <= MOST_SECONDS:
        mend = '#include "idbellen/softphone-extensions.conf" in extensions.conf'
        yield wrong(PART, "Asterisk would wait for us for minutes, and others with it", mend)


async def _section(link: ManagerLink, name: str) -> Result | None:
    if await _value(link, f"PJSIP_ENDPOINT({name},webrtc)") != "yes":
        mend = f"[{name}](idbellen-browser), as asterisk-config/softphone-pjsip.conf says"
        return wrong(PART, f"Asterisk has no telephone for a page by the name {name}", mend)
    if await _value(link, f"PJSIP_ENDPOINT({name},auth)") != name:
        mend = f"auth = {name}, in its section of pjsip.conf"
        return wrong(PART, f"Asterisk does not ask us about {name}", mend)
    return None


async def _value(link: ManagerLink, function: str) -> str:
    return (await link.action("Getvar", Variable=function)).fields.get("Value", "")


async def _websocket(settings: Settings, name: str) -> Result:
    """Go the way of a browser, up to where Asterisk wants to see a proof."""
    url = settings.softphone.url
    mend = "http.conf of Asterisk, or the proxy before it"
    try:
        answer = await _asked(url, _register(name, settings.softphone.realm))
    except aiohttp.ClientConnectorCertificateError:
        mend = "docs/operating.md, The telephone in the page"
        return wrong(PART, f"browsers do not believe the certificate at {url}", mend)
    except aiohttp.WSServerHandshakeError as error:
        return wrong(PART, f"{url} answers {error.status} instead of a websocket", mend)
    except (aiohttp.ClientError, OSError, TimeoutError, TypeError) as error:
        return wrong(PART, f"{url} cannot be reached ({type(error).__name__})", mend)
    return _judge(answer, settings, name)


async def _asked(url: str, question: str) -> str:
    """Return the first answer; whatever is not text is a TypeError of the library's."""
    async with (
        asyncio.timeout(SECONDS),
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=(PROTOCOL,)) as line,
    ):
        await line.send_str(question)
        return await line.receive_str()


def _judge(answer: str, settings: Settings, name: str) -> Result:
    status, realm = _STATUS.match(answer), _REALM.search(answer)
    if status and status[1] == "401" and realm and realm[1] == settings.softphone.realm:
        return fine(PART, f"{settings.softphone.url} answers, and Asterisk asks us about {name}")
    if status and status[1] == "401":
        mend = f"take the password of {name} out of pjsip.conf: it has one of its own there"
        return wrong(PART, f"Asterisk does not ask us about {name}", mend)
    files = "softphone-sorcery.conf, softphone-extconfig.conf and softphone.secret"
    mend = f"{files}, then restart Asterisk; and does idbellen web run?"
    return wrong(
        PART,
        f"Asterisk asked us about {name} in vain, or not at all ({status[1] if status else 'no SIP'})",
        mend,
    )


def _register(name: str, realm: str) -> str:
    """A registration without a proof."""
    tag = secrets.token_hex(8)
    lines = (
        f"REGISTER sip:{realm} SIP/2.0",
        f"Via: SIP/2.0/WS {tag}.invalid;branch=z9hG4bK{tag}",
        "Max-Forwards: 70",
        f"To: <sip:{name}@{realm}>",
        f"From: <sip:{name}@{realm}>;tag={tag}",
        f"Call-ID: {tag}",
        "CSeq: 1 REGISTER",
        f"Contact: <sip:{tag}@{tag}.invalid;transport=ws>",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", ""))
