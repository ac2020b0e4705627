"""The README is true: its terminal sessions are run and compared, its Python is run, its links lead somewhere."""

import doctest
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from derivcli.language.functions.table import FUNCTIONS
from tests.support import deriv

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
TEXTS = {page: (ROOT / page).read_text() for page in ("README.md", "docs/data.md")}
SESSIONS = [block for text in TEXTS.values() for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)]


def test_there_are_sessions() -> None:
    assert len(SESSIONS) >= 6
    assert all(text.count("```console") for text in TEXTS.values())


@pytest.mark.parametrize("session", SESSIONS, ids=[session.split("\n", 1)[0] for session in SESSIONS])
def test_session(session: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if "<<END" in command:  # what stands before END is the command's input
            given, _, shown = shown.partition("END\n")
            command += f"\n{given}END"
        status = 2 if re.match(r"deriv: (?!note: )", shown) else 1 if "✗" in shown else 0
        assert timeless(output_of(command, status)) == timeless(shown)


def output_of(command: str, status: int) -> str:
    """What a line in a terminal prints: ours in this process, any other one in a shell."""
    if command.startswith("deriv "):
        outcome = deriv(*shlex.split(command)[1:], columns=80, status=status)
        return outcome.stdout + outcome.stderr
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout


def timeless(text: str) -> str:
    """The text with one time in place of those that were measured."""
    return re.sub(r"in \d+\.\d\d s", "in 0.00 s", text)


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
