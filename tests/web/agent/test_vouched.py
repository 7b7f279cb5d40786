"""web.agent.vouched: who somebody is here by the word of the organisation, and of their account."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

import pytest

from ivr.store.keyspace import Member
from ivr.store.logins import Login
from tests.lab.employer import PLAIN, STRONG, VOUCHING
from web.agent.person import Agent, Person, Role
from web.agent.vouched import STRANGER, Refusal, acting_as, judge, remembered
from web.oidc.party import Proof

pytestmark = pytest.mark.req("A1", "S4")

SANNE = Agent(
    name="sanne",
    display_name="Sanne",
    account="0123456789abcdef",
    roles=frozenset({Role.AGENT}),
    member=Member("pbx", "PJSIP/sanne"),
)
LENA = Person(name="lena", display_name="Lena", account="fedcba9876543210", roles=frozenset({Role.LEADER}))
KNOWN = {"00u1": SANNE, "00u2": LENA}
WORDS = {role: word for word, role in VOUCHING.roles.items()}


def _proof(subject: str = "00u1", acr: str = "", **claims: Any) -> Proof:
    return Proof(subject=subject, acr=acr, at=1.0, claims={"sub": subject, **claims})


def _sets() -> list[frozenset[Role]]:
    sizes = (combinations(Role, size) for size in range(len(Role) + 1))
    return [frozenset(each) for each in chain.from_iterable(sizes)]


@pytest.mark.parametrize("roles", _sets(), ids=lambda roles: "+".join(sorted(roles)) or "none")
@pytest.mark.parametrize("subject", ["00u1", "00u2", "00u3"])
def test_nobody_is_an_agent_but_who_has_a_phone(subject: str, roles: frozenset[Role]) -> None:
    """Whatever is vouched for; and nobody gets a role that is not."""
    proof = _proof(subject, roles=[WORDS[role] for role in roles])
    who = judge(VOUCHING, proof, KNOWN.get)
    if isinstance(who, Refusal):
        return
    assert who.roles <= roles
    assert isinstance(who, Agent) == (Role.AGENT in who.roles)
    assert Role.AGENT not in who.roles or subject == "00u1"


def test_without_a_word_on_roles_the_account_says_it() -> None:
    """And who has none is nobody."""
    assert judge(PLAIN, _proof(roles=["beheer"]), KNOWN.get) == SANNE
    assert judge(PLAIN, _proof("00u3", roles=["beheer"]), KNOWN.get) is Refusal.UNKNOWN


@pytest.mark.parametrize("acr", ["", "urn:example:low", "urn:example:substantial "])
def test_a_way_that_will_not_do_is_refused_first(acr: str) -> None:
    """Before anybody is looked up."""
    assert judge(STRONG, _proof(acr=acr), KNOWN.get) is Refusal.WEAK


@pytest.mark.parametrize("subject", [None, True, [], {}, ["00u1"], " "])
def test_a_subject_that_is_no_text_is_nobodys(subject: object) -> None:
    """Nor does it make a stranger."""
    proof = Proof(subject="x", acr="", at=1.0, claims={"sub": subject, "roles": ["beheer"]})
    assert judge(VOUCHING, proof, lambda _: None) is Refusal.UNKNOWN


def test_a_stranger_is_named_apart_from_every_account() -> None:
    """Whoever they are called there; one subject is one stranger."""
    first, again, other = (
        judge(VOUCHING, _proof(subject, roles=["beheer"], name="sanne"), lambda _: None)
        for subject in ("sanne", "sanne", "lena")
    )
    assert isinstance(first, Person)
    assert first == again != other
    assert first.account.startswith(STRANGER)
    assert not isinstance(first, Agent)


def test_what_a_stranger_is_called_can_be_kept_and_shown() -> None:
    """Whatever signs they brought."""
    who = judge(VOUCHING, _proof("\ud800\x00x" + "y" * 300, roles=["beheer"]), lambda _: None)
    assert isinstance(who, Person)
    assert who.name.encode()
    assert who.name == who.display_name == "\ufffd\ufffdx" + "y" * 77


def test_a_login_is_remembered_as_it_was_vouched_for() -> None:
    """In those roles and no others, on the account as it is now."""
    login = Login("id", "sanne", SANNE.account, "", "organisation", ("leader",), "Sanne")
    person = remembered(login, {"sanne": SANNE}.get)
    assert person == acting_as(SANNE, frozenset({Role.LEADER}))
    assert not isinstance(person, Agent)
    assert remembered(login, lambda _: None) is None
    own = Login("id", "sanne", SANNE.account, str(SANNE.member))
    assert remembered(own, {"sanne": SANNE}.get) == SANNE


def test_a_login_in_roles_that_are_none_is_nobodys() -> None:
    """Of another version, say: it does not fall back to what the account may do."""
    login = Login("id", "sanne", SANNE.account, str(SANNE.member), "organisation", ("emperor",))
    assert remembered(login, {"sanne": SANNE}.get) is None


def test_a_stranger_is_remembered_without_an_account() -> None:
    """One that was made meanwhile under that name is not theirs."""
    login = Login("id", "sanne", f"{STRANGER}x", "", "organisation", ("leader", "operator"), "S. de Wit")
    person = remembered(login, {"sanne": SANNE}.get)
    assert person == Person(
        name="sanne",
        display_name="S. de Wit",
        account=f"{STRANGER}x",
        roles=frozenset({Role.LEADER, Role.OPERATOR}),
    )
