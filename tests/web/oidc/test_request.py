"""web.oidc.request: what is asked, and how it is bound to what comes back."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

from yarl import URL

from tests.lab.provider import client
from web.oidc.metadata import Metadata
from web.oidc.request import Binding, Question, address

PROVIDER = Metadata(
    issuer="https://login.example.nl",
    authorization_endpoint="https://login.example.nl/auth?tenant=1",
    token_endpoint="https://login.example.nl/token",
    jwks_uri="https://login.example.nl/keys",
)
CLIENT = client(PROVIDER.issuer, "https://bellen.example.nl/back")
QUESTION = Question(state="state", language="nl", wanted=(("bsn",), ("address", "locality")))
BINDING = Binding(b"k" * 32)


def test_the_question_holds_what_the_protocol_asks_and_no_more() -> None:
    """The provider's own parameters stay; what is not wanted is not there."""
    asked = URL(address(CLIENT, PROVIDER, QUESTION, BINDING))
    assert str(asked.with_query(None)) == "https://login.example.nl/auth"
    assert set(asked.query) == {
        *("tenant", "response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "ui_locales"),
    }
    assert asked.query["redirect_uri"] == CLIENT.redirect_uri


def test_the_challenge_is_the_hash_of_the_verifier() -> None:
    """S256 (RFC 7636 §4.2); the verifier itself, of 43 characters, is not in the address."""
    asked = address(CLIENT, PROVIDER, QUESTION, BINDING)
    verifier = BINDING.verifier("state")
    hashed = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert URL(asked).query["code_challenge"] == hashed
    assert len(verifier) == 43
    assert verifier not in asked


def test_what_is_bound_is_made_again_by_the_same_key_alone() -> None:
    """Each state has its own, and nonce and verifier say nothing of each other."""
    again, other = Binding(b"k" * 32), Binding(b"x" * 32)
    assert (again.nonce("a"), again.verifier("a")) == (BINDING.nonce("a"), BINDING.verifier("a"))
    made = [
        each
        for binding in (BINDING, other)
        for state in ("a", "b")
        for each in (binding.nonce(state), binding.verifier(state))
    ]
    assert len(set(made)) == len(made)


def test_single_claims_are_asked_of_who_takes_them() -> None:
    """The outer one of those inside others; the levels that will do, as essential."""
    question = replace(QUESTION, acr_values=("a",), acr_needed=("a", "b"))
    asked = URL(address(CLIENT, replace(PROVIDER, takes_claims=True), question, BINDING)).query
    wanted = {"bsn": {"essential": True}, "address": {"essential": True}}
    acr = {"acr": {"essential": True, "values": ["a", "b"]}}
    assert json.loads(asked["claims"]) == {"id_token": {**wanted, **acr}, "userinfo": wanted}
    assert asked["acr_values"] == "a"


def test_an_age_of_nothing_is_asked_too() -> None:
    """Always log in anew."""
    asked = URL(address(replace(CLIENT, max_age=0), PROVIDER, QUESTION, BINDING)).query
    assert asked["max_age"] == "0"
