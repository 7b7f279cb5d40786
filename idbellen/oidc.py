"""Wires parties where citizens log in by OpenID Connect. Reads their secrets: the web alone needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yarl import URL

from ivr.session.attributes import Level, Secret
from ivr.settings.load import read_secret
from web.identity.oidc import OpenIdConnect, Terms, return_path
from web.oidc import key_file
from web.oidc.client import Authentication, Client, SecretInForm, SecretInHeader, SignedAssertion
from web.oidc.party import Party
from web.oidc.request import Binding

if TYPE_CHECKING:
    from ivr.settings import Settings
    from ivr.settings.oidc import OidcSettings
    from ivr.store.once import Once
    from web.identity.returns import Returns
    from web.options import WebOptions


def parties(settings: Settings, options: WebOptions, returns: Returns, once: Once) -> list[OpenIdConnect]:
    """Make every party of the settings a way to log in; raise SettingsError for a secret that is none."""
    binding = Binding(options.key("oidc"))
    return [
        OpenIdConnect(terms(one), Party(client(one, options.public_url), binding), returns, once.spend)
        for one in settings.oidc
    ]


def terms(party: OidcSettings) -> Terms:
    """Tell what citizens have to do with."""
    return Terms(
        tag=party.name,
        title={str(language): words for language, words in party.title.items()},
        levels={acr: Level[level.upper()] for acr, level in party.levels.items()},
        acr_values={Level[level.upper()]: tuple(acrs) for level, acrs in party.acr_values.items()},
        paths=party.paths,
    )


def client(party: OidcSettings, public_url: URL) -> Client:
    """Tell what the protocol has to do with."""
    opens = party.decryption_key_file
    return Client(
        issuer=party.issuer,
        id=party.client_id,
        authentication=_authentication(party),
        redirect_uri=str(public_url.join(URL(return_path(party.name)))),
        scopes=tuple(party.scopes),
        algorithm=party.algorithm,
        opens_with=key_file.read(opens, f"oidc.{party.name}.decryption_key_file") if opens else None,
        max_age=party.max_age,
    )


def _authentication(party: OidcSettings) -> Authentication:
    if party.key_file and party.authentication == "private_key_jwt":
        key = key_file.read(party.key_file, f"oidc.{party.name}.key_file")
        for_endpoint = party.assertion_for == "token-endpoint"
        return SignedAssertion(key=key, name=party.key_id, for_endpoint=for_endpoint)
    file, secret = party.client_secret_file, party.client_secret
    if file is not None:
        secret = read_secret(file, f"oidc.{party.name}.client_secret_file")
    shared = Secret(secret.get_secret_value())
    return SecretInForm(shared) if party.authentication == "client_secret_post" else SecretInHeader(shared)
