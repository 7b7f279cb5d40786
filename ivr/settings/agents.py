"""Who works here, as settings: their accounts, and the organisation's own OpenID Connect. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ivr.settings.kinds import RoleName, Section, Texts
from ivr.settings.oidc import ClaimPath, OidcParty, Word

RoleValue = Annotated[str, StringConstraints(pattern=r"^\S(?:.{0,253}\S)?$")]
"""What the party calls a role or a group."""


TITLE: Final[Texts] = {"nl": "uw werkaccount", "en": "your work account"}


class AgentsOidcSettings(OidcParty):
    """The organisation's own OpenID Connect, for who works here. Off while ``issuer`` is empty.

    How to set up Keycloak and Entra ID stands in docs/operating.md.
    """

    issuer: str = ""
    """The address under which it publishes ``/.well-known/openid-configuration``; exactly as it writes it."""
    client_id: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,255}$")] = "idbellen"
    """What it calls us."""
    scopes: Annotated[list[Word], Field(min_length=1, max_length=32)] = Field(
        default_factory=lambda: ["openid", "profile"]
    )
    """What is asked."""
    title: Texts = TITLE
    """What people call it: stands after "log in with"."""
    claim: ClaimPath = "sub"
    """Who somebody is: the claim that is the ``subject`` of an account. One that never passes to another."""
    name_claim: ClaimPath = "name"
    """What they are called, for those without an account."""
    roles_claim: ClaimPath | None = None
    """Where the party says what somebody may do here; left out: the account says it."""
    roles: Annotated[dict[RoleValue, RoleName], Field(max_length=64)] = Field(default_factory=dict)
    """What each value of that claim stands for; others stand for nothing."""
    acr: Annotated[list[Word], Field(max_length=16)] = Field(default_factory=list)
    """Ways of logging in that will do (``acr``): asked for, and demanded; empty: any that the party likes."""
    only: bool = False
    """Nobody comes in by a password of ours."""
    logout: bool = False
    """Who logs out here is led to the party to log out there as well, if it has a page for that."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.roles) != bool(self.roles_claim):
            raise ValueError("roles_claim and roles go together: where the party says it, and what it means")
        if self.only and not self.issuer:
            raise ValueError("only = true needs an issuer: else nobody could come in")
        return self


class AgentsSettings(Section):
    """Accounts of who works here; ``idbellen agent`` writes them."""

    file: Path | None = None
    """Empty: ``agents.json`` in ``data_dir``."""
    idle_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    totp: Literal["optional", "required"] = "optional"
    """Whether who comes in by a password of ours needs a code as well: those who have it set up, or all."""
    wrap_up_seconds: Annotated[int, Field(ge=0, le=3600)] = 0
    """After a call from a queue, its agent gets no other for so long, or until they say so; 0: no wrap-up."""
    answer_seconds: Annotated[int, Field(ge=1, le=3600)] = 60
    """The team leader's page tells which part of the callers was answered within so long."""
    oidc: AgentsOidcSettings = AgentsOidcSettings()
