"""What is wrong with the settings, in words: which setting, why, and an example of how it should be.

Knows the schema, and the example that each default is. Never shows a value that was given: it may be secret.
"""

from __future__ import annotations

import difflib
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, SecretStr

from ivr.settings import back_office, oidc
from ivr.settings.schema import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pydantic import ValidationError

Place = tuple[str | int, ...]
"""Where in the settings: names, and an index into a list."""

EXAMPLES: Final = {
    "agents.oidc.acr": '["urn:example:two-factor"]',
    "agents.oidc.client_secret": '"the secret that the party gave you"',
    "agents.oidc.client_secret_file": '"/etc/idbellen/agents.secret"',
    "agents.oidc.decryption_key_file": '"/etc/idbellen/agents.pem"',
    "agents.oidc.issuer": '"https://login.example.nl/realms/werk"',
    "agents.oidc.key_file": '"/etc/idbellen/agents.pem"',
    "agents.oidc.key_id": '"idbellen-2026"',
    "agents.oidc.max_age": "3600",
    "agents.oidc.roles": '{ kcc = "agent", kcc-teamleider = "leader" }',
    "agents.oidc.roles_claim": '"realm_access roles"',
    "agents.file": '"/etc/idbellen/agents.json"',
    "api.contact_email": '"api@example.nl"',
    "api.contact_url": '"https://www.example.nl/api"',
    "api.origins": '["https://www.example.nl"]',
    "api.return_urls": '["https://www.example.nl/inloggen"]',
    "asterisk.prompts_dir": '"/usr/share/asterisk/sounds"',
    "irma.attributes": '{ bsn = ["pbdf.gemeente.personalData.bsn"] }',
    "irma.secret": '"the token, or the key"',
    "irma.secret_file": '"/etc/idbellen/irma.secret"',
    "irma.url": '"https://irma.example.nl"',
    "keys.code_file": '"/etc/idbellen/code.keys"',
    "keys.seal_file": '"/etc/idbellen/seal.keys"',
    "manager.secret": '"the secret of this user in manager.conf"',
    "manager.secret_file": '"/etc/idbellen/manager.secret"',
    "notice.en": '"Because of a disruption we are hard to reach today."',
    "notice.nl": '"Door een storing zijn wij vandaag slecht bereikbaar."',
    "opening.counter_url": '"https://www.example.nl/balie"',
    "opening.dates": '["2026-12-24 08:30-12:00", "2026-12-31"]',
    "opening.hours": '["mon-fri 08:30-17:00", "thu 18:00-20:00"]',
    "organisation.privacy_url": '"https://www.example.nl/privacy"',
    "phone.display": '"088 000 00 00"',
    "processing.activity": '"https://www.example.nl/verwerkingen/{purpose}"',
    "processing.file": '"/var/log/idbellen/processing.log"',
    "redis.url": '"redis://localhost:6379/0"',
    "security.contact": '["mailto:security@example.nl"]',
    "security.expires": "2027-06-30",
    "security.policy": '"https://www.example.nl/security"',
    "site.accessibility_url": '"https://www.example.nl/toegankelijkheid"',
    "site.button_origins": '["https://www.example.nl"]',
    "site.logo": '"/etc/idbellen/logo.svg"',
    "site.theme": '"/etc/idbellen/theme.css"',
    "softphone.places": '{ "Balie Centrum" = "601" }',
    "softphone.secret_file": '"/etc/idbellen/softphone.secret"',
    "softphone.stun": '["stun:stun.example.nl:3478"]',
    "softphone.url": '"wss://bellen.example.nl/phone"',
    "web.trusted_proxies": '["10.0.0.0/8"]',
    "web.url": '"https://bellen.example.nl"',
}
"""For settings whose default shows nothing, or something else than most need."""

ITEMS: Final[dict[str, Any]] = {"links": [back_office.EXAMPLE], "oidc": [oidc.EXAMPLE]}
"""For lists that are empty unless the operator fills them."""

TABLE: Final = '{"name": "value"}'
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
PLAIN: Final = {
    "model_type": "must be a table",
    "path_type": "must be a path, in quotes",
    "missing": "is missing",
}
"""Our words for what pydantic says in its own."""


def of_environment(variables: Mapping[str, str]) -> Iterator[str]:
    """Give a line for each variable that names no setting. ``variables``: by the setting that each names."""
    known = _names()
    for name in sorted(variables.keys() - known):
        yield f"environment {variables[name]}: there is no setting {name}{_meant(name, known)}"


def of_lists(variables: Mapping[str, str], environ: Mapping[str, str]) -> list[str]:
    """Return a line for each variable that holds a list or a table, but not as JSON."""
    lines = []
    for name, variable in variables.items():
        value = _default(tuple(name.split(".")))
        if not isinstance(value, list | dict):
            continue
        try:
            json.loads(environ[variable])
        except ValueError:
            if isinstance(value, dict):
                lines.append(f"environment {variable}: must be a table in JSON, such as {TABLE}")
                continue
            example = EXAMPLES.get(name) or json.dumps([value[0].model_dump(mode="json")], ensure_ascii=False)
            lines.append(f"environment {variable}: must be a list in JSON. For example: {example}")
    return lines


def of_names(from_file: Iterable[str]) -> Iterator[str]:
    """Give a line for each name at the top of the file that our reader would take as its own."""
    for name in from_file:
        if name.startswith("_"):
            yield f"{name}: there is no such setting{_meant(name, _names())}"


def of_values(error: ValidationError, told: Collection[str]) -> Iterator[str]:
    """Give a line for each value that cannot be. ``told``: unknown names of these were told already."""
    for fault in error.errors():
        place = fault["loc"]
        if place[-1:] == ("[key]",):  # what is wrong is a name inside a table
            place = place[:-2]
        name = ".".join(str(part) for part in place)
        if fault["type"] == "extra_forbidden":
            if name not in told:
                yield f"{name}: there is no such setting{_meant(name, _beside(place) | _names())}"
            continue
        reason = PLAIN.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        yield f"{name}: {reason}. For example: {_example(place)}" if place else reason


def as_toml(value: Any) -> str:
    """Write a value as it would stand in the file."""
    match value:
        case BaseModel():
            return as_toml({name: getattr(value, name) for name in type(value).model_fields})
        case dict():
            shown = {key: item for key, item in value.items() if item not in (None, "", [])}
            pairs = ", ".join(f"{_key(key)} = {as_toml(item)}" for key, item in shown.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case [BaseModel() as first, *_]:
            return f"[{as_toml(first)}]"
        case list():
            return f"[{', '.join(as_toml(item) for item in value)}]"
        case Path() | SecretStr():
            return json.dumps(str(value))
        case _:
            return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _example(place: Place) -> str:
    """Return a line for the file that sets this; for what is in a list, a line for that item."""
    while isinstance(place[-1], int):
        place = place[:-1]
    item = max((index + 1 for index, part in enumerate(place) if isinstance(part, int)), default=0)
    name = ".".join(str(part) for part in place[item:])
    return f"{name} = {EXAMPLES.get(name) or as_toml(_default(place))}"


def _default(place: Place) -> Any:
    value: Any = Settings.model_construct(**ITEMS)
    for part in place:
        match value:
            case list():
                value = value[0]
            case dict():
                value = value.get(part, "")
            case _:
                value = getattr(value, str(part), "")
    return value


def _names(model: type[BaseModel] = Settings, prefix: str = "") -> set[str]:
    names = set()
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            names |= _names(field.annotation, f"{prefix}{name}.")
        else:
            names.add(f"{prefix}{name}")
    return names


def _beside(place: Place) -> set[str]:
    """Return the names that could stand where this one does."""
    parent = _default(place[:-1])
    prefix = "".join(f"{part}." for part in place[:-1])
    return {f"{prefix}{name}" for name in getattr(type(parent), "model_fields", ())}


def _meant(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else "; `idbellen settings` lists them"
