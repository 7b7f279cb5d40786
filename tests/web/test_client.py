"""web.client: whose address it is, and whose word for it is taken."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import Application

from tests.lab.front import options
from web import keys
from web.client import MAX_HOPS, client_group

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def group(peer: str, *forwarded: str, proxies: tuple[object, ...] = PROXIES) -> str:
    """Who is counted for a request from this peer with these headers."""
    app = Application()
    app[keys.OPTIONS] = options(trusted_proxies=proxies)
    headers = [("X-Forwarded-For", value) for value in forwarded]
    request = make_mocked_request("GET", "/", headers=headers, app=app)
    return client_group(request.clone(remote=peer))


@pytest.mark.req("S7")
@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),  # not our proxy: its word counts for nothing
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["6.6.6.6, 198.51.100.9"], "198.51.100.9"),  # the client made up what stands before it
        ("10.0.0.1", ["6.6.6.6", "198.51.100.9, 10.0.0.2"], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.9, <script>"], "10.0.0.1"),
        ("10.0.0.1", [","], "10.0.0.1"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", [], "2001:db8:1:2::/64"),  # one household, however many addresses it takes
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
    ],
)
def test_the_last_address_that_is_not_our_proxy_is_the_client(
    peer: str, forwarded: list[str], counted: str
) -> None:
    """Read from the end, as far as those who say it are believed."""
    assert group(peer, *forwarded) == counted


def test_without_proxies_nobodys_word_is_taken() -> None:
    """The setting is empty unless an operator fills it."""
    assert group("10.0.0.1", "198.51.100.9", proxies=()) == "10.0.0.1"


def test_behind_a_proxy_on_a_unix_socket_its_word_is_taken() -> None:
    """There the peer has no address at all."""
    assert group("", "198.51.100.9") == "198.51.100.9"
    assert group("", "198.51.100.9", proxies=()) == "None"


def test_a_long_list_is_read_no_further_than_the_limit() -> None:
    """All hops are our own proxies, so reading stops where we stop looking."""
    hops = ["198.51.100.9", *["10.0.0.2"] * MAX_HOPS]
    assert group("10.0.0.1", ", ".join(hops)) == "10.0.0.2"
