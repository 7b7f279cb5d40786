"""Kinds of values that settings have, each with its bounds. Reads nothing."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_ORGANISATION: Final = 60
"""Characters of the organisation's name; what is too long to say is found when it is said."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""Short, for links and keys: small letters, digits and dashes."""
AsteriskName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Language = Literal["nl", "en"]
LevelName = Literal["low", "substantial", "high"]
"""An assurance level, in eIDAS' words."""
RoleName = Literal["agent", "leader", "operator"]
"""What somebody does here."""
QueueName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")]
AttributeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
Host = Annotated[str, StringConstraints(min_length=1, max_length=253)]
Port = Annotated[int, Field(ge=1, le=65535)]
Texts = dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=400)]]


class Section(BaseModel):
    """A table of the file: nothing unknown in it, nothing changed after start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def split_url(url: str) -> SplitResult:
    """Take an address apart; raise ValueError if it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is not a number
    except ValueError:
        raise ValueError("is not an address") from None  # their text repeats it
    return parts
