"""Whatever is wrong with the settings is told: which, why, and an example that would do."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from ivr.errors import SettingsError
from ivr.settings import Settings, load
from ivr.settings.faults import EXAMPLES, _example, _names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "kanarie-geheim"
PURPOSE = '[[purposes]]\nname = "p"\ntitle = { nl = "t" }\nwhy = { nl = "w" }\n'


def told(file: Path | None = None) -> list[str]:
    """The lines of the error that loading gives."""
    with pytest.raises(SettingsError) as caught:
        load(file)
    return str(caught.value).splitlines()


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[agi]\nport = 0",
            "agi.port: Input should be greater than or equal to 1. For example: agi.port = 4573",
        ),
        ("[agi]\nport = 'x'", "agi.port: Input should be a valid integer"),
        ("log_level = 'loud'", "log_level: Input should be 'debug', 'info', 'warning' or 'error'. For"),
        ("[demo]\nenabled = 'perhaps'", "demo.enabled: Input should be a valid boolean"),
        ("phone = 3", "phone: must be a table. For example: phone = { number = "),
        ("[phone]\nnumber = 'call me'", "phone.number: String should match pattern"),
        ("[organisation]\nname = ''", "organisation.name: String should have at least 1 character"),
        (
            "[keys]\nseal_file = 3",
            'keys.seal_file: must be a path, in quotes. For example: keys.seal_file = "',
        ),
        ("[web]\nurl = 'ftp://x'", 'web.url: must be scheme and host only. For example: web.url = "https://'),
        ("[web]\nurl = 'http://x.nl'", "web.url: must be https: browsers keep"),
        (
            "[web]\ntrusted_proxies = ['x']",
            "web.trusted_proxies.0: value is not a valid IPv4 or IPv6 network. For",
        ),
        (
            "[redis]\nurl = 'mysql://x'",
            "redis.url: must begin with redis://, rediss:// or unix://. For example: ",
        ),
        ("[redis]\nprefix = 'a b'", "redis.prefix: String should match pattern"),
        ("[codes]\nlive = 10000000\nbudget = 1000000", "codes: 1000000 wrong codes an hour at 10000000 live"),
        ("purposes = []", "purposes: List should have at least 1 item after validation, not 0. For"),
        (PURPOSE, 'purposes.0.attributes: is missing. For example: attributes = ["fullname", '),
        (
            '[[purposes]]\nname = "p"\ntitle = { nl = 3 }\nwhy = { nl = "w" }\nattributes = ["bsn"]',
            'purposes.0.title.nl: Input should be a valid string. For example: title.nl = "',
        ),
        (PURPOSE + "attributes = []", "purposes.0.attributes: List should have at least 1 item"),
        (PURPOSE + "attributes = ['a b']", "purposes.0.attributes.0: String should match pattern"),
        (PURPOSE + "attributes = ['x']", "purposes.p: attribute 'x' is not listed in [[attributes]]. For"),
        (
            '[[purposes]]\nname = "p"\ntitle = { fr = "t" }\nwhy = { nl = "w" }\nattributes = ["bsn"]',
            "purposes.0.title: Input should be 'nl' or 'en'. For example: title = { nl = ",
        ),
        (
            "[[attributes]]\nname='a'\nlabel={nl='x'}\n[[attributes]]\nname='a'\nlabel={nl='x'}",
            "attributes: the name 'a' is there twice. For example: name = 'a-2'",
        ),
    ],
)
def test_a_fault_names_its_setting_says_why_and_shows_an_example(
    write: Callable[[str], Path], text: str, expected: str
) -> None:
    """For every kind of fault there is."""
    lines = told(write(text))
    assert lines[0].startswith(expected)
    assert all("For example: " in line for line in lines)


@pytest.mark.req("O5")
def test_all_faults_are_told_at_once(write: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the file and of the environment: an operator mends them in one go."""
    monkeypatch.setenv("IDBELLEN_WEB__PORT", "many")
    monkeypatch.setenv("IDBELLEN_WEBB__PORT", "1")
    lines = told(write("colour = 'red'\n_env_prefix = 'X'\n[agi]\nport = 0\nports = 1\n[codes]\nlive = 0\n"))
    assert sorted(line.partition(":")[0] for line in lines) == [
        "_env_prefix",
        "agi.port",
        "agi.ports",
        "codes.live",
        "colour",
        "environment IDBELLEN_WEBB__PORT",
        "web.port",
    ]


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phon = 1", "phon: there is no such setting; did you mean phone?"),
        ("[agi]\nprt = 1", "agi.prt: there is no such setting; did you mean agi.port?"),
        (
            "[asterisk]\nprompt_dir = 'x'",
            "asterisk.prompt_dir: there is no such setting; did you mean asterisk.prompts_dir?",
        ),
        (
            PURPOSE + "attributes=['bsn']\nleval='low'",
            "purposes.0.leval: there is no such setting; did you mean purposes.0.level?",
        ),
        ("zzzzzzzz = 1", "zzzzzzzz: there is no such setting; `idbellen settings` lists them"),
        ("_env_file = 'x'", "_env_file: there is no such setting; "),
    ],
)
def test_an_unknown_name_is_told_with_what_was_meant(
    write: Callable[[str], Path], text: str, expected: str
) -> None:
    """Or where to find what there is."""
    (line,) = told(write(text))
    assert line.startswith(expected)


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (
            "IDBELLEN_MANAGER__SECRT",
            "x",
            "IDBELLEN_MANAGER__SECRT: there is no setting manager.secrt; did you mean manager.secret?",
        ),
        ("IDBELLEN_MANAGER", "{}", "IDBELLEN_MANAGER: there is no setting manager; did you mean manager."),
        (
            "IDBELLEN_PURPOSES__0__NAME",
            "x",
            "IDBELLEN_PURPOSES__0__NAME: there is no setting purposes.0.name",
        ),
        (
            "IDBELLEN_AGENTS__OIDC__ROLES",
            "kcc",
            "IDBELLEN_AGENTS__OIDC__ROLES: must be a table in JSON, such as",
        ),
        ("IDBELLEN_PURPOSES", "verhuizing", "IDBELLEN_PURPOSES: must be a list in JSON. For example: [{"),
        (
            "IDBELLEN_WEB__TRUSTED_PROXIES",
            "10.1.1.1",
            'IDBELLEN_WEB__TRUSTED_PROXIES: must be a list in JSON. For example: ["10',
        ),
    ],
)
def test_a_variable_that_is_wrong_is_told_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    """As the operator wrote it, whatever else is set."""
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("IDBELLEN_LOG_LEVEL", "info")
    assert told()[0].startswith(f"environment {expected}")


@pytest.mark.req("S1", "O5")
@pytest.mark.parametrize(
    "text",
    [
        f"[manager]\nsecret = ['{SECRET}']",
        f"[redis]\nurl = 'mysql://u:{SECRET}@h/0'",
        f"[redis]\nurl = 'redis://u:{SECRET}@h:{SECRET}/0'",
        f"[redis]\nurl = 'redis://[{SECRET}'",
        f"manager = '{SECRET}'",
        f"[agi]\nport = '{SECRET}'",
        f"[manager]\nusername = '{SECRET} '",
    ],
)
def test_no_value_that_was_given_is_repeated(write: Callable[[str], Path], text: str) -> None:
    """It may be a secret in the wrong place."""
    assert SECRET not in "\n".join(told(write(text)))


GO_TOGETHER = {
    "agents.oidc.issuer": 'agents.oidc.client_secret_file = "/etc/idbellen/agents.secret"',
    "agents.oidc.roles": 'agents.oidc.roles_claim = "groups"',
    "agents.oidc.roles_claim": 'agents.oidc.roles = { kcc = "agent" }',
    "softphone.url": 'softphone.secret_file = "/etc/idbellen/softphone.secret"',
}
"""Settings that want another one beside them."""


@pytest.mark.req("O5")
@pytest.mark.parametrize("name", sorted(_names()))
def test_every_example_is_a_setting_that_would_do(name: str) -> None:
    """What we tell people to write is accepted."""
    given = tomllib.loads(f"{_example(tuple(name.split('.')))}\n{GO_TOGETHER.get(name, '')}")
    if name == "attributes":  # purposes use those that there are
        given |= tomllib.loads(f'{PURPOSE}attributes = ["{given[name][0]["name"]}"]')
    assert name.partition(".")[0] in Settings(**given).model_fields_set


def test_examples_are_of_settings_that_there_are() -> None:
    """None is left of a setting that went."""
    assert EXAMPLES.keys() <= _names()
