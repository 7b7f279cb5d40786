"""Wires parties where people log in by OpenID Connect. Reads their secrets: the web alone needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from ivr.session.attributes import Level, Secret
from ivr.settings.load import read_secret
from web.agent.organisation import RETURN_PATH, Organisation
from web.agent.person import Role
from web.agent.vouched import Terms as OrganisationTerms
from web.identity.oidc import OpenIdConnect, Terms, return_path
from web.oidc import key_file
from web.oidc.client import Authentication, Client, SecretInForm, SecretInHeader, SignedAssertion
from web.oidc.party import Party
from web.oidc.request import Binding

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.settings.oidc import OidcParty, OidcSettings
    from ivr.store.once import Once
    from web.agent.accounts import Accounts
    from web.identity.returns import Returns
    from web.options import WebOptions


def parties(settings: Settings, options: WebOptions, returns: Returns, once: Once) -> list[OpenIdConnect]:
    """Make every party of the settings a way to log in; raise SettingsError for a secret that is none."""
    binding = Binding(options.key("oidc"))
    return [
        OpenIdConnect(terms(one), Party(_citizens_client(one, options), binding), returns, once.spend)
        for one in settings.oidc
    ]


def organisation(settings: Settings, options: WebOptions, accounts: Accounts) -> Organisation | None:
    """Make the log-in of who works here, if it is set up; raise as `parties`."""
    party = settings.agents.oidc
    if not party.issuer:
        return None
    known = client(party, options.public_url, RETURN_PATH, "agents.oidc")
    terms = OrganisationTerms(
        title={str(language): words for language, words in party.title.items()},
        subject=tuple(party.claim.split(" ")),
        name=tuple(party.name_claim.split(" ")),
        roles_at=tuple((party.roles_claim or "").split()),
        roles={value: Role(role) for value, role in party.roles.items()},
        acr=tuple(party.acr),
    )
    own = Party(known, Binding(options.key("agents-oidc")))
    return Organisation(terms, own, accounts, only=party.only, logout=party.logout)


def terms(party: OidcSettings) -> Terms:
    """Tell what citizens have to do with."""
    return Terms(
        tag=party.name,
        title={str(language): words for language, words in party.title.items()},
        levels={acr: Level[level.upper()] for acr, level in party.levels.items()},
        acr_values={Level[level.upper()]: tuple(acrs) for level, acrs in party.acr_values.items()},
        paths=party.paths,
    )


def _citizens_client(party: OidcSettings, options: WebOptions) -> Client:
    return client(party, options.public_url, return_path(party.name), f"oidc.{party.name}")


def client(party: OidcParty, public_url: URL, back: str, setting: str) -> Client:
    """Tell what the protocol has to do with. ``back``: to which path people return from there."""
    opens = party.decryption_key_file
    return Client(
        issuer=party.issuer,
        id=party.client_id,
        authentication=_authentication(party, setting),
        redirect_uri=str(public_url.join(URL(back))),
        scopes=tuple(party.scopes),
        algorithm=party.algorithm,
        opens_with=key_file.read(opens, f"{setting}.decryption_key_file") if opens else None,
        max_age=party.max_age,
    )


def _authentication(party: OidcParty, setting: str) -> Authentication:
    if party.key_file and party.authentication == "private_key_jwt":
        key = key_file.read(party.key_file, f"{setting}.key_file")
        for_endpoint = party.assertion_for == "token-endpoint"
        return SignedAssertion(key=key, name=party.key_id, for_endpoint=for_endpoint)
    file, secret = party.client_secret_file, party.client_secret
    if file is not None:
        secret = read_secret(file, f"{setting}.client_secret_file")
    shared = Secret(secret.get_secret_value())
    return SecretInForm(shared) if party.authentication == "client_secret_post" else SecretInHeader(shared)
