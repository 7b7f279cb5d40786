"""web.agent.account_record: what stands in an account, and what may not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from ivr.store.keyspace import Member
from web.agent.account_record import Contents, Record, explain
from web.agent.person import Agent, Role

HASH = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
PHONE = {"asterisk": "pbx", "interface": "PJSIP/sanne"}


def _entry(name: str = "sanne", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": "0123456789abcdef",
        "name": name,
        "display_name": "Sanne de Wit",
        "member": {"asterisk": "pbx", "interface": f"PJSIP/{name}"},
        "password": HASH,
    }
    return {key: value for key, value in (usual | changes).items() if value is not None}


def _leader(name: str = "lena", **changes: Any) -> dict[str, Any]:
    return _entry(name, **{"member": None, "roles": ["leader"], **changes})


@pytest.mark.req("A1")
def test_an_agent_has_a_phone() -> None:
    """And what goes with it."""
    entry = _entry(queues=["kcc", "balie"], softphone=True, roles=["agent", "leader"])
    person = Record.model_validate(entry).to_person()
    assert isinstance(person, Agent)
    assert person.member == Member("pbx", "PJSIP/sanne")
    assert (person.queues, person.softphone) == (("kcc", "balie"), True)
    assert person.roles == {Role.AGENT, Role.LEADER}


@pytest.mark.req("A1")
@pytest.mark.parametrize("roles", [["leader"], ["operator"], ["leader", "operator"]])
def test_others_have_none(roles: list[str]) -> None:
    """And so can never be taken for one who sees calls."""
    person = Record.model_validate(_leader(roles=roles)).to_person()
    assert not isinstance(person, Agent)
    assert person.phone == ""


def test_the_file_of_an_earlier_version_is_read() -> None:
    """Everybody in it answers calls."""
    contents = Contents.model_validate_json(json.dumps({"version": 1, "agents": [_entry()]}))
    assert [type(record.to_person()) for record in contents.agents] == [Agent]


def test_who_comes_by_openid_connect_needs_no_password() -> None:
    """Who they are there is enough."""
    assert Record.model_validate(_entry(password=None, subject="00u1")).password is None


def test_a_record_does_not_show_its_secrets() -> None:
    """Not in a log line, not in a traceback."""
    shown = repr(Record.model_validate(_entry(totp="c2VhbGVk")))
    assert "argon2" not in shown
    assert "c2VhbGVk" not in shown


FAULTS = {
    "not an object": ([], "should be an object"),
    "another version": ({"version": 3}, "version"),
    "an unknown field": ({"agents": [], "users": []}, "users"),
    "an unknown field of an account": ({"agents": [_entry(admin=True)]}, "agents.0.admin"),
    "a missing field": ({"agents": [{"name": "sanne"}]}, "agents.0"),
    "a name with a capital": ({"agents": [_entry("Sanne")]}, "agents.0.name"),
    "a name with a slash": ({"agents": [_entry("../sanne")]}, "agents.0.name"),
    "a member without a technology": (
        {"agents": [_entry(member={"asterisk": "pbx", "interface": "sanne"})]},
        "agents.0.member.interface",
    ),
    "a display name with a line end": ({"agents": [_entry(display_name="a\nb")]}, "display_name"),
    "a display name with a control character": ({"agents": [_entry(display_name="a\x1bb")]}, "display_name"),
    "a weak hash": ({"agents": [_entry(password="$1$abc")]}, "agents.0.password"),
    "a subject with a control character": ({"agents": [_entry(subject="a\x1bb")]}, "subject"),
    "a second factor in the clear": ({"agents": [_entry(totp="JBSW Y3DP")]}, "agents.0.totp"),
    "a second factor without a first": (
        {"agents": [_entry(totp="c2VhbGVk", password=None, subject="1")]},
        "account sanne: a second factor goes with a password",
    ),
    "no way in": ({"agents": [_entry(password=None)]}, "account sanne: nobody could log in with it"),
    "no role": ({"agents": [_entry(roles=[])]}, "agents.0.roles"),
    "an unknown role": ({"agents": [_entry(roles=["admin"])]}, "agents.0.roles.0"),
    "a role twice": ({"agents": [_entry(roles=["agent", "agent"])]}, "account sanne: a role is there twice"),
    "an agent without a phone": ({"agents": [_entry(member=None)]}, "a member is missing"),
    "a leader with a phone": ({"agents": [_leader(member=PHONE)]}, "account lena: a member, queues"),
    "a leader with queues": ({"agents": [_leader(queues=["kcc"])]}, "for the role agent; add it"),
    "a leader with a softphone": ({"agents": [_leader(softphone=True)]}, "for the role agent; add it"),
    "a queue twice": ({"agents": [_entry(queues=["kcc", "kcc"])]}, "account sanne: a queue is there twice"),
    "a queue that is none": ({"agents": [_entry(queues=["k c c"])]}, "agents.0.queues.0"),
    "one name twice": (
        {"agents": [_entry(), _entry(member={"asterisk": "pbx", "interface": "PJSIP/x"})]},
        "account sanne is there twice",
    ),
    "one member twice": (
        {"agents": [_entry(), _entry("joost", member={"asterisk": "pbx", "interface": "pjsip/SANNE"})]},
        "two people would see one call",
    ),
    "one subject twice": (
        {"agents": [_entry(subject="1"), _entry("joost", subject="1")]},
        "the subject of account joost is another account's already",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.req("S7")
def test_what_is_wrong_is_told(fault: str) -> None:
    """Where it is and why; never a hash."""
    contents, said = FAULTS[fault]
    with pytest.raises(ValidationError) as error:
        Contents.model_validate_json(json.dumps(contents))
    told = explain(error.value)
    assert said in told
    assert "argon2" not in told.replace("'^\\$argon2id", "")
