"""The README is true: its terminal sessions are run and compared, its Python is run, its links lead somewhere."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from derivcli.language.functions import FUNCTIONS
from tests.support import deriv

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SESSIONS = re.findall(r"```console\n\$ (.*)\n((?:.*\n)*?)```", README)


def test_there_are_sessions() -> None:
    assert len(SESSIONS) >= 6


@pytest.mark.parametrize(("command", "shown"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_session(command: str, shown: str) -> None:
    words = shlex.split(command)[1:]
    outcome = deriv(*words, columns=80, status=2 if shown.startswith("deriv: ") else 0)
    assert outcome.stdout + outcome.stderr == shown


def test_python() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        test = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
        assert doctest.DocTestRunner().run(test).failed == 0


PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text()):
        assert ((ROOT / page).parent / link).exists(), link


def test_every_function_is_documented() -> None:
    page = (ROOT / "docs" / "functions.md").read_text()
    assert all(f"`{row.signature}`" in page for row in FUNCTIONS)
