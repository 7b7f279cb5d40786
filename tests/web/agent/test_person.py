"""web.agent.person: what each role may do."""

from __future__ import annotations

import pytest

from web.agent.person import Person, Role

MAY = {
    Role.AGENT: {Role.AGENT},
    Role.LEADER: {Role.LEADER},
    Role.OPERATOR: {Role.LEADER, Role.OPERATOR},
}


@pytest.mark.req("S4")
@pytest.mark.parametrize("own", Role)
def test_an_operator_may_do_what_a_leader_may_and_nobody_else_another_thing(own: Role) -> None:
    """Above all: nobody but an agent is one."""
    person = Person(name="x", display_name="X", account="1", roles=frozenset({own}))
    assert {role for role in Role if person.may_act_as(role)} == MAY[own]


@pytest.mark.req("S4")
def test_several_roles_add_up() -> None:
    """And no role is none."""
    both = Person(name="x", display_name="X", account="1", roles=frozenset({Role.AGENT, Role.LEADER}))
    assert [role for role in Role if both.may_act_as(role)] == [Role.AGENT, Role.LEADER]
    none = Person(name="x", display_name="X", account="1", roles=frozenset())
    assert not any(none.may_act_as(role) for role in Role)
