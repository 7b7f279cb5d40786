"""Reading the settings, and saying what is wrong with them.

One TOML file (``--config``, or ``IDBELLEN_CONFIG``, else the first of `DEFAULT_FILES` that is there) and,
over it, environment variables such as ``IDBELLEN_REDIS__URL``. Every fault is told at once, by
`ivr.settings.faults`. Files that hold secrets are read later, by whoever needs them: the web may not read the
manager's.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import SettingsError as SourceError

from ivr.errors import SettingsError
from ivr.settings import faults
from ivr.settings.schema import ENV_DELIMITER, ENV_PREFIX, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_FILES: Final = (Path("idbellen.toml"), Path("/etc/idbellen/idbellen.toml"))
MAX_FILE: Final = 1 << 20
MAX_SECRET: Final = 1024
"""Bytes of a settings file, and of a file that holds a secret."""
FILE_VARIABLE: Final = f"{ENV_PREFIX}CONFIG"
CONF_LINE: Final = re.compile(r"secret\s*=")
"""What the line of Asterisk's manager.conf begins with."""
SAMPLE_SECRETS: Final = frozenset({"secret", "change-me", "changeme", "idbellen", "password", "fill-me-in"})


@dataclass(frozen=True, slots=True)
class Line:
    """One setting as `idbellen settings` prints it."""

    name: str
    value: str
    default: str
    source: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """Valid settings, and where each came from."""

    settings: Settings
    file: Path | None
    in_file: frozenset[str]
    in_environment: frozenset[str]
    """Names of the settings that each sets; not their values, which may be secret."""

    def lines(self) -> Iterator[Line]:
        """Give every setting with its value, default and source; secrets hidden."""
        defaults = dict(_leaves(Settings.model_construct()))
        for name, value in _leaves(self.settings):
            yield Line(name, _shown(value), _shown(defaults.get(name)), self._source(name))

    def _source(self, name: str) -> str:
        if name in self.in_environment:
            return f"environment {ENV_PREFIX}{name.replace('.', ENV_DELIMITER).upper()}"
        in_file = any(one == name or one.startswith(f"{name}.") for one in self.in_file)
        return f"file {self.file}" if in_file else "default"


def load(path: Path | None = None) -> Loaded:
    """Read and check the settings; raise SettingsError with every fault at once."""
    named = os.environ.get(FILE_VARIABLE)
    file = path or (Path(named) if named else _default_file())
    from_file = _read(file) if file else {}
    variables = {_setting(name): name for name in os.environ if _is_ours(name)}
    found = [*faults.of_environment(variables), *faults.of_names(from_file)]
    settings = Settings.model_construct()
    try:
        settings = Settings(**{name: value for name, value in from_file.items() if not name.startswith("_")})
    except ValidationError as error:
        found += faults.of_values(error, told=variables)
    except SourceError as error:
        found += faults.of_lists(variables, os.environ) or [str(error)]
    if found:
        raise SettingsError("\n".join(found))
    return Loaded(settings, file, frozenset(_keys(from_file)), frozenset(variables))


def manager_secret(settings: Settings) -> str:
    """Return the secret of our user in Asterisk's manager; raise SettingsError if its file has none."""
    file, name = settings.manager.secret_file, "manager.secret_file"
    if file is None:
        return settings.manager.secret.get_secret_value()
    secret = read_secret(file, name).get_secret_value()
    if CONF_LINE.match(secret):
        raise SettingsError(
            f"{name}: {file} holds a line of manager.conf; put only what is after its = there"
        )
    return secret


def check_secrets(settings: Settings) -> None:
    """Refuse to run on a missing or sample manager secret, unless this is a demonstration."""
    secret = manager_secret(settings)
    if settings.demo.enabled and secret:
        return
    if not secret or secret.lower() in SAMPLE_SECRETS:
        raise SettingsError(
            "manager.secret: is empty or a sample. Set manager.secret_file to a file that holds "
            f"the secret of user {settings.manager.username} in Asterisk's manager.conf"
        )


def _default_file() -> Path | None:
    here, installed = DEFAULT_FILES
    with suppress(PermissionError):  # of a folder that we may not enter we are not the user
        if here.is_file():
            return here
    try:
        return installed if installed.is_file() else None
    except PermissionError:
        return installed  # it is said that it cannot be read: never silently the defaults


def _is_ours(variable: str) -> bool:
    return variable.upper().startswith(ENV_PREFIX) and variable.upper() != FILE_VARIABLE


def _setting(variable: str) -> str:
    return variable[len(ENV_PREFIX) :].lower().replace(ENV_DELIMITER, ".")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_contents(file, MAX_FILE))
    except FileNotFoundError:
        raise SettingsError(f"{file}: there is no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({type(error).__name__})") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from None


def _contents(file: Path, most: int) -> str:
    with file.open("rb") as opened:
        read = opened.read(most + 1)
    if len(read) > most:
        raise SettingsError(f"{file}: larger than {most} bytes; this cannot be the file that was meant")
    return read.decode()


def read_secret(file: Path, setting: str) -> SecretStr:
    """Read a file that holds a secret and nothing else; raise SettingsError, which names the setting."""
    try:
        secret = _contents(file, MAX_SECRET).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{setting}: {file} cannot be read ({type(error).__name__})") from None
    if not secret.isprintable():
        raise SettingsError(f"{setting}: {file} holds more than one line of text")
    return SecretStr(secret)


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _keys(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _keys(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "(hidden)" if value.get_secret_value() else ""
        case list():
            named = (isinstance(item, BaseModel) and getattr(item, "name", "") for item in value)
            return ", ".join(name or str(item) for name, item in zip(named, value, strict=True))
        case _:
            return faults.as_toml(value)
