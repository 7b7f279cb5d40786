"""web.api.document: what is written is what there is, by the NL API Design Rules."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from tests.lab import spectral
from tests.lab.programs import CONTACT, programs
from web import keys
from web.api.document import VERSION, WRITTEN
from web.api.problems import ALL
from web.route import Audience

if TYPE_CHECKING:
    from pathlib import Path

    from ivr.session.purpose import Purposes
    from ivr.store.client import Store
    from ivr.store.feed import Feed
    from ivr.store.sessions import Sessions
    from tests.lab.programs import Program

PUBLIC = "https://bellen.voorbeeld.nl"


@pytest.fixture
async def served(store: Store, sessions: Sessions, feed: Feed, purposes: Purposes) -> dict[str, Any]:
    """The document as an operator's own address gives it."""
    async with programs(store, sessions, feed, purposes, public_url=URL(PUBLIC)) as running:
        return (await running.program.call("GET", "/v1/openapi.json")).body


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Each operation, by its method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


@pytest.mark.req("S4")
async def test_every_route_is_in_it_and_no_other_and_so_is_for_whom_it_is(program: Program) -> None:
    """HEAD and OPTIONS apart, which every address has."""
    entries = program.front.app[keys.ROUTES].items()
    routes = {
        (route.method, route.resource.canonical.removeprefix("/v1")): entry
        for route, entry in entries
        if route.resource is not None and route.resource.canonical.startswith("/v1/")
    }
    paths = {path for _, path in routes}
    assert {path for method, path in routes if method == "OPTIONS"} == paths
    told = operations(WRITTEN)
    assert {place for place in routes if place[0] not in {"HEAD", "OPTIONS"}} == told.keys()
    for place, operation in told.items():
        closed = routes[place].audience is Audience.PROGRAM
        assert operation.get("security", WRITTEN["security"]) == ([{"token": []}] if closed else [])
        assert ("401" in operation["responses"]) is closed


async def test_it_is_served_to_everybody_with_the_operators_own_addresses(
    served: dict[str, Any], program: Program
) -> None:
    """To pages of every origin; and its version is that of every answer."""
    answer = await program.call("GET", "/v1/openapi.json", headers={"Origin": "https://editor.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["API-Version"] == VERSION == served["info"]["version"]
    assert served["servers"] == [{"url": f"{PUBLIC}/v1"}]
    assert served["info"]["contact"] == CONTACT
    changed = {"servers": served["servers"], "info": served["info"]}
    assert served == {**WRITTEN, **changed}


def test_every_problem_is_described_with_its_own_words() -> None:
    """Where its type leads; and nothing else is described there."""
    described = WRITTEN["components"]["responses"]
    assert described.keys() == {problem.name for problem in ALL}
    for problem in ALL:
        example = described[problem.name]["content"]["application/problem+json"]["example"]
        assert example["type"].endswith(f"/v1/openapi.json#/components/responses/{problem.name}")
        told = (example["status"], example["title"], example["detail"])
        assert told == (problem.status, problem.title, problem.detail)


def test_each_failure_of_an_operation_is_described_under_its_status() -> None:
    """No problem under another one's number."""
    status_of = {f"#/components/responses/{problem.name}": str(problem.status) for problem in ALL}
    for operation in operations(WRITTEN).values():
        for status, answer in operation["responses"].items():
            assert status_of.get(answer.get("$ref", ""), status) == status


def test_everything_is_referred_to() -> None:
    """No schema, header or parameter that nothing uses."""
    text = json.dumps(WRITTEN)
    for kind in ("schemas", "headers", "parameters"):
        for name in WRITTEN["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text


@pytest.mark.tools
def test_it_keeps_to_the_nl_api_design_rules(served: dict[str, Any], tmp_path: Path) -> None:
    """By Spectral; the rules are in tests/spectral."""
    assert spectral.findings(served, tmp_path) == []


@pytest.mark.tools
def test_each_of_the_rules_can_be_broken(served: dict[str, Any], tmp_path: Path) -> None:
    """One document in which everything is wrong."""
    found = spectral.findings(broken(served), tmp_path)
    missed = spectral.rules() - {line.partition(":")[0] for line in found}
    assert missed == set()


def broken(document: dict[str, Any]) -> dict[str, Any]:
    """The document, with each rule broken once."""
    bad = copy.deepcopy(document)
    bad["openapi"] = "3.1"
    bad["info"] |= {"version": "1", "contact": {"name": "nobody"}}
    bad["servers"] = [{"url": "https://bellen.voorbeeld.nl/api/v1.0"}]
    paths, components = bad["paths"], bad["components"]
    purposes = paths.pop("/purposes")
    purposes["get"]["parameters"] = [{"name": "session_token", "in": "query", "schema": {"type": "string"}}]
    purposes["head"] = purposes["get"]
    del purposes["get"]["responses"]["200"]["headers"]
    del purposes["get"]["responses"]["200"]["content"]["application/json"]["example"]
    paths["/getPurpose/"] = purposes
    del paths["/openapi.json"]
    components["responses"]["NotFound"]["content"]["application/json"] = {}
    components["schemas"]["Problem"]["required"].remove("detail")
    components["schemas"]["bad_name"] = {
        "type": "object",
        "properties": {"ended_at": {"type": "string"}, "endedAt": {"type": "string"}},
    }
    components["securitySchemes"]["key"] = {"type": "apiKey", "in": "query", "name": "token"}
    return bad


@pytest.mark.req("S1")
def test_no_attribute_and_no_secret_of_ours_has_a_place_in_it() -> None:
    """A session's fields are those of the citizen's own view."""
    fields = WRITTEN["components"]["schemas"]["Session"]["properties"]
    assert not re.search(r"attribute|member|seal|queueName|ref\b", json.dumps(sorted(fields)))
