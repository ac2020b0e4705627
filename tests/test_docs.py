"""The pages are true: their terminal sessions and their Python are run and compared, their links lead somewhere."""

import doctest
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from derivcli import derive
from derivcli.check.verdict_kinds import KINDS
from derivcli.cli.grammar import built
from derivcli.language.functions.table import FUNCTIONS
from tests.support import deriv

ROOT = Path(__file__).parents[1]
GENERATED = {"cli.md", "findings.md", "functions.md"}
WRITTEN = [ROOT / "README.md", *sorted(page for page in (ROOT / "docs").glob("*.md") if page.name not in GENERATED)]
TEXTS = {page.name: page.read_text() for page in WRITTEN}
SESSIONS = [
    (page, session) for page, text in TEXTS.items() for session in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
]
COMMANDS = [
    (page, command) for page, text in TEXTS.items() for command in re.findall(r"`(deriv (?!\.\.\.)[^`\n]*)`", text)
]
"""Commands in the midst of sentences."""

SQUARE = re.findall(r"cat > square\.py <<END\n(.*?)END\n", TEXTS["machine-learning.md"], re.DOTALL)[0]
"""The file that commands in sentences speak of."""


def test_the_front_page_is_short_and_every_page_shows_something() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 200
    assert len(SESSIONS) >= 25
    assert {page for page, _ in SESSIONS} == set(TEXTS) - {"python.md", "json.md", "warm.md"}


@pytest.mark.parametrize(
    ("page", "session"), SESSIONS, ids=[f"{page}: {session.splitlines()[0]}" for page, session in SESSIONS]
)
def test_session(page: str, session: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if "<<END" in command:  # what stands before END is the command's input
            given, _, shown = shown.partition("END\n")
            command += f"\n{given}END"
        is_wrong = re.search(r"✗|^\? ", shown, re.MULTILINE)
        status = 2 if re.match(r"deriv: (?!note: |saved |wrote )", shown) else 1 if is_wrong else 0
        assert timeless(output_of(command, status)) == timeless(shown)


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_commands_in_sentences_work(page: str, command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "square.py").write_text(SQUARE)
    words = shlex.split(command)[1:]
    if words == words[:1]:  # a command's name, in a sentence about the command
        words.append("--help")
    if words[0] == "warm":  # which would start a server: it is read, and not done
        with built("warm").make_context("warm", words[1:]):
            return
    deriv(
        *words, status=1 if "square.py:Square" in words and words[0] == "check-fn" else 0
    )  # what it finds in square.py


def output_of(command: str, status: int) -> str:
    """What a line in a terminal prints: ours in this process, any other one in a shell."""
    if command.startswith("deriv "):
        line, _, given = command.partition(" <<END\n")
        outcome = deriv(*shlex.split(line)[1:], columns=80, status=status, stdin=given.removesuffix("END").encode())
        return outcome.stdout + outcome.stderr
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout


def timeless(text: str) -> str:
    """The text with one time in place of those that were measured."""
    return re.sub(r"in \d+\.\d\d s", "in 0.00 s", text)


def test_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = [
        (page, block) for page, text in TEXTS.items() for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    ]
    assert {page for page, _ in blocks} == {"README.md", "pictures.md", "python.md"}
    for page, block in blocks:
        test = doctest.DocTestParser().get_doctest(block, {}, page, page, 0)
        assert doctest.DocTestRunner().run(test).failed == 0


def test_the_table_of_verdicts_is_true() -> None:
    rows = re.findall(r"^\| (`.*?) \| (.*?) \| (.*?) \|$", TEXTS["verdicts.md"], re.MULTILINE)
    every = []
    for kinds, _, examples in rows:
        named = [kind for kind in re.findall(r"`(\w+)`", kinds) if kind in KINDS]
        shown = re.findall(r"`([^`]+)`(?: at (-?[\d.e-]+))?(?:, order (\d))?", examples)
        points = [next(at for _, at, _ in shown[place:] if at) for place in range(len(shown))]
        found = [
            derive(text, at={"x": point}, order=int(order or 1)).verdicts[",".join("x" * int(order or 1))].names()[0]
            for (text, _, order), point in zip(shown, points, strict=True)
        ]
        assert found == named
        every += found
    assert every == list(KINDS)


PAGES = ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text()):
        assert ((ROOT / page).parent / link).exists(), link


def test_every_function_is_documented() -> None:
    page = (ROOT / "docs" / "functions.md").read_text()
    assert all(f"`{row.signature}`" in page for row in FUNCTIONS)


def test_the_map_names_files_that_exist() -> None:
    named = re.findall(r"`([\w/]+(?:\.py|/))`", (ROOT / "CONTRIBUTING.md").read_text())
    package = ROOT / "derivcli"
    within = [package, *(folder for folder in package.iterdir() if folder.is_dir()), ROOT]
    lost = [name for name in named if not any((folder / name).exists() for folder in within)]
    assert len(named) > 30
    assert not lost
