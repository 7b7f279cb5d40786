"""scripts/check finds what it is for; each fault is planted here once, in a checkout of our own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts.check_parts.addresses import REGISTRIES, addresses
from scripts.check_parts.code import FUNCTION_LINES, MODULE_LINES, environment, leftovers, sizes
from scripts.check_parts.locks import locks
from scripts.check_parts.pages import links
from scripts.check_parts.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable

TOP = Path(__file__).parents[2]
HASH = "--hash=sha256:" + "0" * 64
PROJECT = '[project]\ndependencies = ["redis>=7", "Jinja2"]\n[dependency-groups]\ndev = ["pytest_cov>=7"]\n'
LOCK = f"# made\nredis==7.0 \\\n    {HASH}\njinja2==3 \\\n    {HASH}\n"
PAGES = {"packages": {"": {"name": "x"}, "node_modules/a": {"version": "1", "integrity": "sha512-x"}}}

Plant = "Callable[[str, str], Project]"


@pytest.fixture
def plant(tmp_path: Path) -> Callable[[str, str], Project]:
    """A checkout, in git, in which all is well but for the file that is planted."""
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "requirements-dev.lock").write_text(f"{LOCK}pytest-cov==7 \\\n    {HASH}\n")
    for folder in ("web/frontend", "tests/provider", "tests/spectral"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "package-lock.json").write_text(json.dumps(PAGES))

    def plant(name: str, text: str) -> Project:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
        return Project(tmp_path)

    return plant


CHECKS = (addresses, environment, leftovers, links, locks, sizes)


def test_a_checkout_in_which_all_is_well_passes(plant: Plant) -> None:
    """None of them finds what is not there."""
    project = plant("ivr/fine.py", '"""Fine."""\n')
    assert {check.__name__: list(check(project)) for check in CHECKS} == {
        check.__name__: [] for check in CHECKS
    }


@pytest.mark.parametrize("name", [*REGISTRIES, "secret-mirror.example"])
def test_registries_are_found(plant: Plant, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Those that everybody knows, and the one that this machine was told of."""
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://user:pass@secret-mirror.example:8080/simple")
    assert list(addresses(plant("docs/a.txt", f"fine\nget it at {name}\n"))) == [
        f"docs/a.txt:2: get it at {name}"
    ]


def test_this_machine_is_found(plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name, and the folder of this very checkout."""
    monkeypatch.setattr(socket, "gethostname", lambda: "build-host-7")
    found = addresses(plant("a.md", f"on build-host-7\nin {tmp_path}/ivr\nin /srv/idbellen\n"))
    assert [line.partition(": ")[0] for line in found] == ["a.md:1", "a.md:2"]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("requirements.lock", LOCK.replace(HASH, "", 1), "requirements.lock: redis has no hash"),
        ("requirements.lock", LOCK.partition("jinja2")[0], "requirements.lock: jinja2 is not in it"),
        ("requirements-dev.lock", LOCK, "requirements-dev.lock: pytest-cov is not in it"),
        ("requirements.lock", f"--index-url https://x\n{LOCK}", "requirements.lock:1: --index-url https://x"),
        (
            "web/frontend/package-lock.json",
            json.dumps({"packages": {"node_modules/a": {"version": "1"}}}),
            "web/frontend/package-lock.json: node_modules/a has no hash",
        ),
    ],
)
def test_bad_locks_are_found(plant: Plant, name: str, text: str, found: str) -> None:
    """Without a hash, without a package that is needed, or with an address."""
    assert list(locks(plant(name, text))) == [found]


def test_links_to_nowhere_are_found(plant: Plant) -> None:
    """Relative to the page, with or without a place on the other page; addresses are not looked at."""
    plant(
        "docs/there.md",
        "[up](../a.md#top) [here](#x) [out](https://x.example/y) [mail](mailto:a@b.example)\n",
    )
    project = plant("a.md", "[ok](docs/there.md) ![shot](docs/gone.png) [no](docs/absent.md#x 'title')\n")
    assert list(links(project)) == ["a.md: docs/gone.png is not there", "a.md: docs/absent.md is not there"]


@pytest.mark.parametrize("line", ["# {}DO: later", "x = 1  # {}DO", "# {}DO"])
def test_leftovers_are_found(plant: Plant, line: str) -> None:
    """In any language of ours."""
    line = line.format("TO")  # so that it is none here
    assert list(leftovers(plant("web/a.css", f"x\n{line}\n"))) == [f"web/a.css:2: {line}"]


@pytest.mark.parametrize("line", ["os.environ['X']", "os.getenv('X')", "from os import environ"])
def test_readers_of_the_environment_are_found(plant: Plant, line: str) -> None:
    """But the settings, whose work it is."""
    plant("ivr/settings/load.py", f"{line}\n")
    assert list(environment(plant("web/a.py", f"{line}\n"))) == [f"web/a.py:1: {line}"]


def test_long_modules_and_functions_are_found(plant: Plant) -> None:
    """Docstrings count for the module, not for the function."""
    body = "    x = 1\n"
    words = "Words.\n" * FUNCTION_LINES
    plant("ivr/fine.py", f'def fine():\n    """{words}"""\n{body * FUNCTION_LINES}')
    plant("web/long.py", "x = 1\n" * (MODULE_LINES + 1))
    project = plant("idbellen/long.py", f"async def much():\n{body * (FUNCTION_LINES + 1)}")
    assert list(sizes(project)) == [
        "idbellen/long.py:1: much has 26 lines, more than 25",
        "web/long.py: 251 lines, more than 250",
    ]


def test_what_git_ignores_is_not_looked_at(plant: Plant) -> None:
    """Nor, where there is no git, what is in folders that are made here."""
    plant(".gitignore", "/var/\n")
    project = plant("var/long.md", "[no](gone.md)\n")
    assert list(links(project)) == []
    shutil.rmtree(project.top / ".git")
    plant("node_modules/a/README.md", "[no](gone.md)\n")
    project = plant("README.md", "[no](gone.md)\n")
    assert list(links(project)) == ["README.md: gone.md is not there"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script, as people do."""
    command = [sys.executable, str(TOP / "scripts/check"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_it_tells_a_line_a_check() -> None:
    """Whether all is well, what was checked, and how long it took."""
    done = run("locks", "shell")
    assert done.returncode == 0, done.stdout
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["fine", "shell"], ["fine", "locks"]]
    assert lines[-1] == "all is well"


def test_a_name_that_is_no_check_is_refused() -> None:
    """With where to find those that are."""
    done = run("lokcs")
    assert done.returncode == 2
    assert "there is no lokcs; scripts/check --list names them" in done.stderr
    assert "locks" in run("--list").stdout.splitlines()
