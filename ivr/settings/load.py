"""Reading the settings, and saying what is wrong with them.

One TOML file (``--config``, or ``IDBELLEN_CONFIG``, else ``idbellen.toml`` if it is there) and, over it,
environment variables such as ``IDBELLEN_REDIS__URL``. The manager's secret can also be a file's contents:
``manager.secret_file``. An error names the setting, says what is wrong and gives an example.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, SecretStr, ValidationError

from ivr.errors import SettingsError
from ivr.settings.schema import ENV_DELIMITER, ENV_PREFIX, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

DEFAULT_FILE: Final = Path("idbellen.toml")
MAX_FILE: Final = 1 << 20
FILE_VARIABLE: Final = f"{ENV_PREFIX}CONFIG"
SAMPLE_SECRETS: Final = frozenset({"secret", "change-me", "changeme", "idbellen", "password", "fill-me-in"})
EXAMPLES: Final = {
    "web.url": '"https://bellen.example.nl"',
    "phone.number": '"+31880000000"',
    "redis.url": '"redis://localhost:6379/0"',
    "manager.secret": '"the secret of this user in manager.conf"',
    "purposes": "the [[purposes]] of docs/settings.md",
}


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
    from_file: Mapping[str, Any]
    from_environment: frozenset[str]

    def lines(self) -> Iterator[Line]:
        """Give every setting with its value, default and source; secrets hidden."""
        defaults = dict(_leaves(_defaults()))
        for name, value in _leaves(self.settings):
            yield Line(name, _shown(value), _shown(defaults.get(name)), self._source(name))

    def _source(self, name: str) -> str:
        if any(name == key or name.startswith(f"{key}.") for key in self.from_environment):
            return f"environment {ENV_PREFIX}{name.replace('.', ENV_DELIMITER).upper()}"
        place: Any = self.from_file
        for part in name.split("."):
            if not isinstance(place, Mapping) or part not in place:
                return "default"
            place = place[part]
        return f"file {self.file}"


def load(path: Path | None = None) -> Loaded:
    """Read and check the settings; raise SettingsError with every fault at once."""
    named = os.environ.get(FILE_VARIABLE)
    file = path or (Path(named) if named else None)
    if file is None and DEFAULT_FILE.is_file():
        file = DEFAULT_FILE
    from_file = _read(file) if file else {}
    from_environment = frozenset(
        name.removeprefix(ENV_PREFIX).lower().replace(ENV_DELIMITER, ".")
        for name in os.environ
        if name.startswith(ENV_PREFIX) and name != FILE_VARIABLE
    )
    _refuse_unknown(from_environment)
    try:
        settings = Settings(**from_file)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(fault) for fault in error.errors())) from None
    return Loaded(_with_secret(settings), file, from_file, from_environment)


def check_secrets(settings: Settings) -> None:
    """Refuse to run on a missing or sample manager secret, unless this is a demonstration."""
    secret = settings.manager.secret.get_secret_value()
    if settings.demo.enabled and secret:
        return
    if not secret or secret.lower() in SAMPLE_SECRETS:
        raise SettingsError(
            "manager.secret: is empty or a sample. Set manager.secret_file to a file that holds "
            f"the secret of user {settings.manager.username} in Asterisk's manager.conf"
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > MAX_FILE:
            raise SettingsError(f"{file}: larger than {MAX_FILE} bytes; this is not a settings file")
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{file}: there is no such settings file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: cannot be read ({type(error).__name__})") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from None


def _with_secret(settings: Settings) -> Settings:
    file = settings.manager.secret_file
    if file is None:
        return settings
    try:
        secret = SecretStr(file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"manager.secret_file: {file} cannot be read ({type(error).__name__})") from None
    return settings.model_copy(update={"manager": settings.manager.model_copy(update={"secret": secret})})


def _refuse_unknown(names: frozenset[str]) -> None:
    known = [name for name, _ in _leaves(_defaults())]
    for name in sorted(names):
        if not any(leaf == name or leaf.startswith(f"{name}.") for leaf in known):
            variable = ENV_PREFIX + name.replace(".", ENV_DELIMITER).upper()
            raise SettingsError(f"environment {variable}: there is no setting {name}{_meant(name)}")


def _explain(fault: ErrorDetails) -> str:
    name = ".".join(str(part) for part in fault["loc"]) or "settings"
    if fault["type"] == "extra_forbidden":
        return f"{name}: there is no such setting{_meant(name)}"
    reason = fault["msg"].removeprefix("Value error, ")
    return f"{name}: {reason}. For example: {name} = {_example(name)}"


def _example(name: str) -> str:
    if name in EXAMPLES:
        return EXAMPLES[name]
    default = dict(_leaves(_defaults())).get(name)
    if default is None:
        return EXAMPLES.get(name.split(".", maxsplit=1)[0], "see docs/settings.md")
    return _shown(default)


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, [leaf for leaf, _ in _leaves(_defaults())], n=1)
    return f"; did you mean {near[0]}?" if near else "; `idbellen settings` lists them"


def _defaults() -> Settings:
    return Settings.model_construct()


def _leaves(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return "(hidden)" if value.get_secret_value() else ""
        case bool():
            return str(value).lower()
        case str() | Path():
            return f'"{value}"'
        case list():
            return ", ".join(getattr(item, "name", str(item)) for item in value)
        case _:
            return str(value)
