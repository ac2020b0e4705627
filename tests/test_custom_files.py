"""Functions of a user's own are read from the files that are named, whatever these do, and no other file is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from derivcli import DerivError
from derivcli.cli.command_table import COMMANDS
from derivcli.custom.loading.load import find, load
from tests.support import deriv

ROOT = Path(__file__).parents[1]
SQUARES = ROOT / "tests" / "golden" / "data" / "squares.py"

CLASS = """
class SQ(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        ctx.save_for_backward(i)
        return i ** 2
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * 2 * ctx.saved_tensors[0]
"""

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with the class SQ, and give what --use takes; `before` is run before the class."""

    def write(before: str = "", name: str = "own.py", after: str = "") -> str:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"import torch\n{before}\n{CLASS}\n{after}\n")
        return f"{path}:SQ"

    return write


def test_what_it_prints_goes_to_standard_error(write: Write) -> None:
    use = write(before="print('importing')", after="print('done')")
    outcome = deriv("SQ(x)", "--use", use, "--at", "x=3", "--format", "json", "--no-check")
    assert outcome.json["functions"][0]["derivatives"] == {"x": [6]}
    assert outcome.stderr == "importing\ndone\n"
    assert deriv("explain", "SQ(x)", "--use", use, "--at", "x=3", "--no-check").stdout.startswith("node\t")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/0", "own.py, line 2: ZeroDivisionError: division by zero"),
        ("x = = 3", "own.py: SyntaxError: invalid syntax (own.py, line 2)"),
        ("import sys; sys.exit(3)", "own.py, line 2: SystemExit: 3"),
        ("exit()", "own.py, line 2: SystemExit"),
        ("import no_such_module", "own.py, line 2: ModuleNotFoundError: No module named 'no_such_module'"),
        ("from . import helper", "own.py, line 2: ImportError: cannot import name 'helper' from 'test_"),
        ("def f(): f()\nf()", "own.py, line 2: RecursionError"),
        ("raise ValueError('\\x1b[31mred\\nmore')", "own.py, line 2: ValueError: \x1b[31mred"),
    ],
)
def test_a_file_that_fails_is_told_in_a_line(write: Write, text: str, message: str) -> None:
    with pytest.raises(DerivError) as caught:
        load([write(text)])
    assert caught.value.message.partition("cannot run ")[2].rpartition("/")[2].startswith(message)
    assert "\n" not in caught.value.message
    assert "\x1b" not in str(caught.value)
    assert "derivcli_use_own" not in sys.modules


def test_an_interrupt_while_a_file_is_run(write: Write) -> None:
    with pytest.raises(KeyboardInterrupt):
        load([write("raise KeyboardInterrupt")])
    assert sys.dont_write_bytecode == bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))


@pytest.mark.parametrize("text", ["nowhere.py:SQ", "folder.py:SQ", "own.txt:SQ", "own.py", ":SQ", "own.py:", ""])
def test_what_is_no_file_with_a_name(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "own.txt").write_text(CLASS)
    with pytest.raises(DerivError) as caught:
        load([text])
    assert "squares.py:SQ" in caught.value.hint


def test_dataclasses_with_texts_for_types(write: Write) -> None:
    before = "from dataclasses import dataclass\n@dataclass\nclass Config:\n    factor: 'float' = 2.0"
    assert load([write(before)])["SQ"].parameters == ("i",)


def test_a_name_that_leads_into_a_class(write: Write) -> None:
    text = write(after="class Layers:\n    class Deep:\n        Square = SQ\nalias = SQ")
    path = text.rpartition(":")[0]
    assert find(f"{path}:Layers.Deep.Square")[0] == "Square"
    assert list(load([f"{path}:Layers.Deep.Square", f"{path}:alias"])) == ["Square", "alias"]
    assert load([f"{path}:SQ.apply"])
    for name in ("Layers.Nothing", "Layers.Deep", "torch.autograd.Function.apply", "__class__", "torch"):
        with pytest.raises(DerivError):
            load([f"{path}:{name}"])


def test_a_file_is_run_once_for_all_its_functions(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = write("print('run')", after="class Other(SQ): pass")
    assert list(load([text, text.replace(":SQ", ":Other")])) == ["SQ", "Other"]
    assert capsys.readouterr().out == "run\n"


def test_a_file_is_read_anew_each_time(write: Write) -> None:
    assert load([write()])["SQ"].doc == ""
    assert load([write(after="SQ.__doc__ = 'The new one.'")])["SQ"].doc == "The new one."


def test_the_documentation_is_the_class_s_own() -> None:
    assert load([f"{SQUARES}:SQ"])["SQ"].doc == "The square."


def test_neighbours_are_found_and_forgotten(write: Write, tmp_path: Path) -> None:
    (tmp_path / "helper_of_own.py").write_text("NUMBER = 1\n")
    (tmp_path / "package_of_own").mkdir()
    (tmp_path / "package_of_own" / "__init__.py").write_text("")
    (tmp_path / "package_of_own" / "inner.py").write_text("NUMBER = 2\n")
    before = list(sys.path)
    text = write("import helper_of_own, package_of_own.inner\nassert helper_of_own.NUMBER == 1")
    load([text])
    assert sys.path == before
    assert not [name for name in sys.modules if "of_own" in name]
    (tmp_path / "helper_of_own.py").write_text("NUMBER = 1 + 1\n")
    with pytest.raises(DerivError, match="AssertionError"):
        load([text])
    assert sys.path == before
    assert not list(tmp_path.rglob("__pycache__"))


def test_two_files_have_neighbours_of_their_own(write: Write, tmp_path: Path) -> None:
    for folder, number in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "helper_of_own.py").write_text(f"NUMBER = {number}\n")
    use = "import helper_of_own\nassert helper_of_own.NUMBER =="
    one, two = write(f"{use} 1", "one/own.py"), write(f"{use} 2", "two/own.py", after="class Other(SQ): pass")
    assert list(load([one, two.replace(":SQ", ":Other")])) == ["SQ", "Other"]


def test_neighbours_stand_in_nobody_s_way(write: Write, tmp_path: Path) -> None:
    for name in ("sympy", "numpy", "torch", "colorsys"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a trap')\n")
    text = write("import sympy, numpy, colorsys\nassert colorsys.rgb_to_hsv", "torch.py")
    assert load([text])["SQ"].name == "SQ"
    assert torch is sys.modules["torch"]


TRAP = "import pathlib; pathlib.Path(__file__).with_suffix('.sprung').touch(); raise SystemExit('a trap')\n"
TRAPS = """torch sympy numpy scipy flint mpmath matplotlib rich typer pyarrow derivcli helper sitecustomize
    usercustomize squares conftest setup config deriv __init__ __main__ own""".split()
QUIET = [
    ["steps", "own.py:SQ"],
    ["answer", "SQ(x)", "own.py:SQ"],
    ["explain", "own.py:SQ", "--at", "x=1"],
    ["practice", "--level", "own"],
    ["SQ(x)", "--at", "x=1", "--code"],
    ["own.py:SQ", "--at", "x=1", "--code", "--output", "own.txt"],
    ["SQ(x)", "--at", "x=1"],
    ["own.py:SQ", "--at", "x=1"],
    ["x", "--at", "x=own.py:SQ"],
    ["x", "--data", "own.py"],
    ["x**2", "--at", "x=1"],
    ["x**2", "--let", "own=own.py:SQ"],
    ["x", "--plot", "own.py", "--at", "x=0:1:5"],
    ["functions", "own.py:SQ"],
    ["explain", "x**2", "--at", "x=1"],
    ["check-fn", "--help"],
    ["--help"],
]


@pytest.fixture
def trapped(tmp_path: Path) -> Path:
    """A folder full of traps."""
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(TRAP)
    return tmp_path


@pytest.mark.parametrize("words", QUIET, ids=" ".join)
def test_nothing_else_runs_a_file(words: list[str], trapped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trapped)
    deriv(*words, status=0 if "--help" in words or ("x**2" in words and "--let" not in words) else 2)
    assert not list(trapped.glob("*.sprung"))


def test_a_trap_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(TRAP)
    deriv("SQ(x)", "--use", f"{tmp_path / 'own.py'}:SQ", "--at", "x=1", status=2)
    assert [path.name for path in tmp_path.glob("*.sprung")] == ["own.sprung"]


MAIN = "import sys; sys.path.remove(''); from derivcli.__main__ import main; main()"
SEVERAL = """
import json, sys
sys.path.remove('')
from derivcli.cli.app import run
for line in json.loads(sys.argv[1]):
    assert run(line) == 0, line
"""


def in_a_process(words: list[str], folder: Path, command: str = MAIN) -> tuple[str, str, int]:
    """What a process of its own prints and comes to, in a folder full of traps, of which none springs."""
    done = subprocess.run(
        [sys.executable, "-c", command, *words],
        cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert not list(folder.glob("*.sprung"))
    return done.stdout, done.stderr, done.returncode


def test_a_process_in_a_folder_of_traps(trapped: Path, write: Write, tmp_path: Path) -> None:
    use = write("import helper_of_own", "squares.py")
    (tmp_path / "helper_of_own.py").write_text("")
    words = ["SQ(x)", "--at", "x=3", "--no-check", "--use", use, "--format", "value"]
    assert in_a_process(words, tmp_path) == ("6\n", "", 0)


def test_other_commands_in_a_folder_of_traps(trapped: Path) -> None:
    """In one process: what one of them imports, from wherever it comes, is there for those after it."""
    lines = [
        ["x^2", "--at", "x=3", "--code"],
        ["steps", "x^2"],
        ["answer", "x^2", "2x"],
        ["explain", "x^2", "--at", "x=3"],
    ]
    assert in_a_process([json.dumps(lines)], trapped, SEVERAL)[1:] == ("", 0)


def test_a_neighbour_that_is_imported_late_is_no_riddle(write: Write, tmp_path: Path) -> None:
    late = """
class Late(SQ):
    @staticmethod
    def backward(ctx, g):
        from late_helper import two
        return g * two * ctx.saved_tensors[0]
"""
    use = write(after=late).replace(":SQ", ":Late")
    (tmp_path / "late_helper.py").write_text("two = 2\n")
    assert "import it at the head of the file" in deriv("Late(x)", "--use", use, "--at", "x=3", status=2).stderr
    assert "at the head of the file" in deriv("check-fn", use, status=1).stdout


def test_the_help_says_who_runs_files() -> None:
    told = {name: " ".join(deriv("help", name).stdout.split()) for name in ("options", *COMMANDS)}
    assert "This runs the file, and nothing but this and check-fn runs any." in told["options"]
    assert "This runs the file, and nothing but this and --use runs any." in told["check-fn"]
    for name, text in told.items():
        assert ("runs the file" in text) == ("--use" in text), name
