"""What programs send: bodies with their bounds, and where one is wrong. Never repeats what was sent."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal, TypeVar

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from ivr.errors import FieldsError, InputError

JSON: Final = "application/json"
MAX_BYTES: Final = 8 * 1024
"""Of a body; the largest that is right is far smaller."""
MAX_FAULTS: Final = 10
"""So many are told; the rest comes to light when these are mended."""
WORDS: Final = {"missing": "is missing", "extra_forbidden": "there is no such field"}

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


def _agreed(consent: bool) -> bool:
    if not consent:
        raise ValueError("the citizen must have agreed")
    return consent


class Body(BaseModel):
    """JSON, with names in camelCase and nothing unknown in it; a number is no text and no truth."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, alias_generator=to_camel)


class LoginRequestBody(Body):
    """To log a citizen in, who has agreed to what is asked."""

    purpose: Tag
    consent: Annotated[bool, AfterValidator(_agreed)]
    return_url: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    code_challenge: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    """S256 of the verifier that is shown with the grant (RFC 7636)."""
    method: Tag = ""
    state: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{1,200}$")] = ""
    language: Literal["nl", "en", ""] = ""


class SessionBody(Body):
    """To get the session of a citizen who came back."""

    grant: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
    code_verifier: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]


Read = TypeVar("Read", bound=Body)


async def read(request: web.Request, kind: type[Read]) -> Read:
    """Return the body of a request, checked.

    Raises:
        FieldsError: a field is missing, unknown, or not as it should be.
        InputError: it is no JSON object.
        aiohttp.web.HTTPUnsupportedMediaType: it is not said to be JSON in UTF-8.
        aiohttp.web.HTTPRequestEntityTooLarge: it is too large.

    """
    if request.content_type != JSON or (request.charset or "utf-8").lower() != "utf-8":
        raise web.HTTPUnsupportedMediaType
    try:
        return kind.model_validate(_parsed(await request.read()))
    except ValidationError as error:
        raise FieldsError("the body is not right", fields=_faults(error)) from None


def wrong(field: str, what: str) -> FieldsError:
    """Say that one field, by its name in JSON, is not as it should be."""
    return FieldsError("the body is not right", fields=((f"#/{field}", what),))


def _parsed(body: bytes) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BYTES, len(body))
    try:
        parsed = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise InputError("the body is no JSON") from None
    if not isinstance(parsed, dict):
        raise InputError("the body is no JSON object")
    return parsed


def _faults(error: ValidationError) -> tuple[tuple[str, str], ...]:
    faults = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False)[:MAX_FAULTS]:
        unknown = fault["type"] == "extra_forbidden"  # what it is called is the caller's word: not repeated
        where = "#" if unknown else f"#/{fault['loc'][0]}"
        faults.append((where, WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))))
    return tuple(faults)
