"""What a browser brings back from a provider (Core §3.1.2.5 and 6, RFC 9207). PURE."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from ivr.errors import InputError, ProviderError

if TYPE_CHECKING:
    from multidict import MultiMapping

    from web.oidc.metadata import Metadata

MAX_CHARS: Final = 4096
"""Of each part; codes of the largest providers are a third of it."""
ERRORS: Final = frozenset(
    {
        "access_denied", "account_selection_required", "consent_required", "interaction_required",
        "invalid_request", "invalid_scope", "login_required", "server_error", "temporarily_unavailable",
        "unauthorized_client", "unmet_authentication_requirements", "unsupported_response_type",
    }
)  # fmt: skip
"""Words that a provider has for why nothing came of it (RFC 6749 §4.1.2.1, Core §3.1.2.6)."""
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Answer:
    """The parts that we look at; empty when absent."""

    state: str
    code: str = field(repr=False)
    issuer: str
    error: str

    @classmethod
    def of(cls, query: MultiMapping[str]) -> Self:
        """Read it; raise InputError when a part is there twice or is too long (RFC 6749 §3.1)."""
        parts = [_one(query, name) for name in ("state", "code", "iss", "error")]
        return cls(*parts)

    def check(self, provider: Metadata) -> None:
        """Pass if this provider gives a code here.

        Raises:
            ProviderError: another sends it, or nobody knows who; or it says why there is no code: its word
                for that is then the reason.

        """
        if self.issuer != provider.issuer and (self.issuer or provider.names_itself):
            raise ProviderError("the answer is another provider's", reason="issuer")
        if self.error:
            raise ProviderError("nobody logged in", reason=self.error if self.error in ERRORS else OTHER)
        if not self.code:
            raise ProviderError("the answer holds no code", reason="code")


def _one(query: MultiMapping[str], name: str) -> str:
    found = query.getall(name, [])
    if len(found) > 1 or any(len(part) > MAX_CHARS for part in found):
        raise InputError("this is not an answer of a log-in")
    return found[0] if found else ""
