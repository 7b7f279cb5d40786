"""scripts/requirements lists what pytest would run, under the tags that stand in docs/requirements.md."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SCRIPT = TOP / "scripts/requirements"
PAGE = """# What
- A1 The first.
- A2 The second.
- B10 The third: `- C9` is not one.
  - X1 nor this
"""
TESTS = """
import pytest

pytestmark = [pytest.mark.filterwarnings("error"), pytest.mark.req("A1")]

@pytest.mark.req("A2", "Z9")
def test_plain(): ...

@pytest.mark.skipif(False, reason="no")
@pytest.mark.req("B10")
async def test_async(): ...

@pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.req("B10"))])
def test_parameters(x): ...

def helper(): ...

class TestGroup:
    pytestmark = pytest.mark.req("A2")

    @pytest.mark.req("B10")
    def test_inside(self): ...

    class TestDeeper:
        def test_deepest(self): ...

class Helper:
    def test_not_collected(self): ...
"""
FILE = "tests/room/test_noun.py"
EXPECTED = {
    "A1": [
        "test_plain",
        "test_async",
        "test_parameters",
        "TestGroup::test_inside",
        "TestGroup::TestDeeper::test_deepest",
    ],
    "A2": ["test_plain", "TestGroup::test_inside", "TestGroup::TestDeeper::test_deepest"],
    "B10": ["test_async", "test_parameters", "TestGroup::test_inside"],
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project with a page of three requirements and a file of tests."""
    for folder in ("docs", "scripts", "tests/room"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(SCRIPT, tmp_path / "scripts")
    (tmp_path / "docs/requirements.md").write_text(PAGE)
    (tmp_path / FILE).write_text(TESTS)
    return tmp_path


def run(top: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script of that checkout, as people do."""
    return subprocess.run(
        [sys.executable, str(top / "scripts/requirements"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_json_gives_every_tag_with_its_tests(checkout: Path) -> None:
    """Marks on tests, parameters, classes and modules count; tags that are on no page do not."""
    done = run(checkout, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        tag: [f"{FILE}::{name}" for name in names] for tag, names in EXPECTED.items()
    }


def test_its_ids_are_pytests_own(checkout: Path) -> None:
    """Each can be handed to pytest, and none that pytest has is missing."""
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", FILE],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    ).stdout
    collected = {line.partition("[")[0] for line in told.splitlines() if "::" in line}
    assert {
        test for tests in json.loads(run(checkout, "--json").stdout).values() for test in tests
    } == collected


def test_it_tells_people_what_has_no_test(checkout: Path) -> None:
    """Each requirement with its tests, and at the end those without."""
    (checkout / FILE).write_text(
        TESTS.replace('pytest.mark.req("A1")', 'pytest.mark.filterwarnings("error")')
    )
    done = run(checkout)
    assert done.returncode == 0
    assert done.stdout.splitlines()[:2] == ["A1  The first.", "      no test yet"]
    assert done.stdout.splitlines()[-1] == "2 of 3 requirements have tests. Without: A1"


def test_a_tag_that_is_on_no_page_fails_the_check(checkout: Path) -> None:
    """A typing error does not pass for a proof."""
    done = run(checkout, "--check")
    assert (done.returncode, done.stdout) == (
        1,
        f"Z9 is not in docs/requirements.md, but {FILE}::test_plain names it\n",
    )
    (checkout / FILE).write_text(TESTS.replace('"Z9"', '"A1"'))
    assert run(checkout, "--check").returncode == 0


def test_a_file_that_does_not_parse_is_left_out_and_told(checkout: Path) -> None:
    """The list of the others is there all the same."""
    (checkout / "tests/room/test_broken.py").write_text("def test(:\n")
    done = run(checkout, "--json")
    assert (done.returncode, json.loads(done.stdout).keys()) == (0, EXPECTED.keys())
    assert done.stderr.startswith("tests/room/test_broken.py:1 cannot be read")


def test_other_arguments_are_explained(checkout: Path) -> None:
    """With how it is used."""
    done = run(checkout, "--what")
    assert done.returncode == 2
    assert "--json" in done.stderr


def test_our_own_page_is_read() -> None:
    """Every requirement of this project, by its tag."""
    tags = json.loads(run(TOP, "--json").stdout).keys()
    assert {"P1", "P13", "C1", "C12", "A1", "A10", "S1", "S8", "O1", "O6", "I1", "I4", "V1", "V6"} <= tags
    assert len(tags) == 59
