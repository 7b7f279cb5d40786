"""What Asterisk asks: whether the telephone of this name may come in, and by which proof.

Asked by ``res_config_curl`` at each registration and each new call of a telephone in a page, with a form: a
secret, which Asterisk, and the query as that module writes it. Answered is one ``auth`` object, or nothing at
all: whatever goes wrong, the answer is empty, since Asterisk reads any text as an object.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlencode

from aiohttp import web

from ivr.errors import ForgedRequestError
from ivr.session.attributes import Secret
from ivr.store.keyspace import Member
from web import keys
from web.agent.person import Agent
from web.agent.phone import TECHNOLOGY, endpoint_of
from web.area import Area
from web.ratelimit import Rule
from web.stories import story_of

if TYPE_CHECKING:
    from ivr.store.phones import Phones
    from web.agent.accounts import Accounts
    from web.agent.phone import PhoneOptions

PATH: Final = "/asterisk"
ONE: Final = "/single,id="
"""How the question for one object begins; questions for all are not answered."""
MAX_NAME: Final = 80
PROOF_BYTES: Final = 16
"""As MD5 gives."""
DEFAULT_ASTERISK: Final = "pbx"
"""The one whose dialplan does not say otherwise, as ``IDB_ASTERISK``."""
ASKED: Final = Rule(name="phone-lookup", per_client="12000/minute", everyone="12000/minute")
"""Two a registration. A stranger who floods Asterisk with registrations is not to flood us."""


class Lookup:
    """Answers Asterisk."""

    def __init__(self, options: PhoneOptions, phones: Phones, accounts: Accounts) -> None:
        self._options = options
        self._phones = phones
        self._accounts = accounts

    async def guard(self, request: web.Request) -> None:
        """Let in who shows the secret.

        Raises:
            ForgedRequestError: somebody else asks.

        """
        given = _text(await request.post(), "secret").strip()
        if not hmac.compare_digest(given.encode(), self._options.secret.reveal().encode()):
            raise ForgedRequestError("asked without the secret")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Return the auth object of a telephone in a page; for all else nothing.

        Raises:
            TooOftenError: more questions than a busy Asterisk has.
            StoreError: it cannot be known.

        """
        await request.app[keys.LIMITS].spend(request, ASKED)
        form = await request.post()
        asterisk, asked = _text(form, "asterisk") or DEFAULT_ASTERISK, _text(form, "ask")
        name = unquote(asked.removeprefix(ONE))
        if not asked.startswith(ONE) or not 0 < len(name) <= MAX_NAME:
            return web.Response()
        member = Member(asterisk, TECHNOLOGY + name)
        agent = self._accounts.at(str(member))
        if not isinstance(agent, Agent) or endpoint_of(agent) != name:
            return web.Response()
        return web.Response(text=self._auth(name, await self._proof(member, agent)))

    async def _proof(self, member: Member, agent: Agent) -> Secret:
        """Return what this agent's telephone has to prove now; what nobody can, when it may not come in.

        So a stranger cannot tell who is at work, and ``idbellen doctor`` sees that questions come through.
        """
        held = await self._phones.find(member)
        if held and (held.agent, held.account) == (agent.name, agent.account):
            return held.proof
        return Secret(secrets.token_hex(PROOF_BYTES))

    def _auth(self, name: str, proof: Secret) -> str:
        fields = {"id": name, "auth_type": "md5", "username": name, "realm": self._options.realm}
        return urlencode({**fields, "md5_cred": proof.reveal()})


def area() -> Area:
    """Where failures are told by a status alone."""
    return Area(path=PATH, tell=_tell, adorn=_adorn)


def _tell(_request: web.Request, error: Exception) -> web.Response:
    status = error.status if isinstance(error, web.HTTPException) else story_of(error).status
    return web.Response(status=status)


def _adorn(_request: web.Request, _response: web.StreamResponse) -> None:
    """Add nothing: what all answers carry will do."""


def _text(form: object, name: str) -> str:
    value = form.get(name, "") if hasattr(form, "get") else ""
    return value if isinstance(value, str) else ""
