"""Golden files: a command in each, and all that it prints; `pytest --update-golden` writes them anew."""

import ast
import contextlib
import difflib
import math
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from derivcli import errors
from derivcli.check import judge
from derivcli.cli import progress
from derivcli.cli.commands import derive as derive_command
from derivcli.explain import exact_values
from derivcli.explain.piecewise import breakpoint_values, breakpoints, pieces
from derivcli.simplify.domains import root_solving
from tests.datafiles import lay_out
from tests.support import deriv

HERE = Path(__file__).parent / "golden"
PACKAGE = Path(errors.__file__).parent
PARTS = 4
"""So many tests share the commands, so that several processes may run them."""

NOT_ON_THE_COMMAND_LINE = {
    "request.py: f\"'{self.dtype}' is not a number format\"": "the command line refuses it as a usage error",
    "request.py: f'derivatives of order {order}": "the command line refuses it as a usage error",
    "pictures/look.py: f\"'{self.theme}' is no theme\"": "the command line refuses it as a usage error",
    "pictures/look.py: f'{self.dpi} dots per inch": "the command line refuses it as a usage error",
    "pictures/picture.py: f\"'{suffix}' is no kind of picture": "the command line refuses the file's name",
    "pictures/drawing/surface.py: 'a surface needs three axes'": "axes come through Python only",
    "request.py: f'a Taylor polynomial of degree": "the command line refuses it as a usage error",
    "engines/engine_table.py: f\"'{name}' is no engine\"": "the command line refuses it as a usage error",
    "explain/code/languages.py: f\"'{name}' is no language": "the command line refuses it as a usage error",
    "request.py: f\"'{self.operator}' is no operator": "the command line has an option for each",
    "request.py: f\"'{self.device}' is no device\"": "the command line refuses it as a usage error",
    "engines/torch/tensors.py: f'there is no GPU": "depends on the machine",
    "points/at_option.py: f\"'{name}' needs a number or an array of one dimension\"": "arrays come through Python only",
    "points/at_option.py: f\"'{name}' has a value that is not finite\"": "arrays come through Python only",
    "points/at_option.py: f\"'{name}' has a value that is no float64\"": "objects come through Python only",
    "points/at_option.py: f\"the text for '{name}' names other": "Python only; here it is a point like others",
    "atomic_file.py": "needs a file system in a certain state",
    "cli/commands/warm.py": "needs a system or a folder in a certain state",
    "cli/graphics.py": "needs a variable of the environment",
    "cli/picture_output.py: f'there is no display": "depends on the machine",
    "pictures/drawing/window.py": "depends on the machine",
    "cli/install_completion.py": "writes into the user's home",
    "cli/point_source.py: 'standard input is closed'": "needs a process without one",
    "cli/commands/data.py: 'standard input is closed'": "needs a process without one",
    "cli/shell/colon_lines.py: f':{name} is not for a shell": "needs a warm server",
    "cli/shell/piped.py: 'standard input is closed'": "needs a process without one",
    "language/definitions/named_functions.py: f'functions call each other": "needs a hundred functions",
    "cli/argument_files.py: f'{name} has more than": "needs a file of megabytes",
    "cli/argument_files.py: message": "needs a file that is no text, which other tests write",
    "request.py: f\"'{self.total}' is no total\"": "the command line has an option for each",
    "totals.py: 'there is no point to add up'": "the readers refuse files without rows before",
    "points/files/typed/tables.py: message": "the reader gives all files one type for each column",
    "points/files/text/header.py: f'{self._name}: its first line": "needs a file of megabytes",
    "points/files/text/json_lines.py: f'{self.name}: its first line": "needs a file of megabytes",
    "points/files/text/blocks.py: f'{name}: a row is longer": "needs a file of megabytes",
    "points/files/text/blocks.py: f'{name} grew shorter": "needs a file that changes while it is read",
    "study_questions.py: 'this value is not known as a number'": "the language refuses what is not real",
    'study/claims/inverse.py: "it is not known whether f\' is 0 there"': "needs a slope that no precision tells from 0",
    "engines/symbolic.py: message": "takes longer than its clock allows",
    "custom/check_function.py: message": "needs a function that runs for a minute",
    "custom/trials/tensor_trials.py: f\"'{subject.name}' has no derivative": "needs a function that has one nowhere",
    "validation.py: f\"'{expression.custom_functions[0]}' is code": "code comes through Python only",
    "study/interval_ends.py: message": "needs an end that has a float64 and no enclosure",
    "language/limits.py: f'the text has": "needs a text of a million characters",
    "explain/code/point_lines.py: message": "needs a thousand numbers",
    'explain/code/autograd_classes.py: f"a script cannot import': "needs a file whose name is no name in Python",
}
"""Refusals that the command lines in the golden files cannot reach; other tests do."""


TIMES = {r"in \d+\.\d\d s": "in 0.00 s", r", [\d.,]+( million)? a second": ", 0 a second"}
"""What differs from run to run, and what stands for it."""


def run_case(path: Path) -> str:
    """The whole text of a golden file as the command gives it now, with that of the file that it writes."""
    first = path.read_text().split("\n", 1)[0]
    command, _, remark = first.partition("  # ")
    words = shlex.split(command.removeprefix("$ deriv "))
    status = 2 if path.parent.name == "errors" else 1 if "status 1" in remark else 0
    columns = re.search(r"terminal of (\d+)", remark)
    encoding = "ascii" if "ascii" in remark else "utf-8"
    source = re.search(r"input (\S+)", remark)
    stdin = Path(source[1]).read_bytes() if source else b""
    outcome = deriv(*words, status=status, columns=int(columns[1]) if columns else None, encoding=encoding, stdin=stdin)
    text = f"{first}\n{outcome.stdout}--- standard error\n{outcome.stderr}"
    for pattern, mark in TIMES.items():
        text = re.sub(pattern, mark, text)
    return text + (written(words) if status != 2 else "")


def written(words: list[str]) -> str:
    """The text of the file that a command wrote, if any."""
    path = Path(words[words.index("--output") + 1]) if "--output" in words else None
    return f"--- {path}\n{path.read_text()}" if path and path.suffix != ".parquet" else ""


CLOCKS = (
    (breakpoint_values, "JUDGING_SECONDS"),
    (breakpoints, "SOLVING_SECONDS"),
    (pieces, "LIMIT_SECONDS"),
    (root_solving, "SOLVING_SECONDS"),
    (judge, "VERDICT_SECONDS"),
)


@pytest.fixture(autouse=True)
def _alike_on_every_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No bar and no limit of time however slow the machine, and two chunks at once however many cores it has."""
    for limited, name in (
        (breakpoint_values, "JUDGING"),
        (breakpoints, "SOLVING"),
        (pieces, "LIMIT"),
        (root_solving, "SOLVING"),
    ):
        monkeypatch.setattr(limited, f"{name}_SECONDS", 60.0)
    monkeypatch.setattr(judge, "VERDICT_SECONDS", 60.0)
    for name in ("TOTAL", "UNASKED", "FORMULA", "PROOF"):
        monkeypatch.setattr(exact_values, f"{name}_SECONDS", 60.0)
    monkeypatch.setattr(exact_values, "VALUE_SECONDS", {True: 60.0, False: 60.0})
    monkeypatch.setattr(progress, "PATIENCE", math.inf)
    monkeypatch.setattr(derive_command, "PATIENCE", math.inf)
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(threads)


def differences(path: Path, update: bool, files: Path) -> str:
    """How what a command prints differs from its golden file, which is written anew where that is asked for.

    It runs in a copy of the folder of files.
    """
    with contextlib.chdir(shutil.copytree(files, files.parent / path.stem)):
        try:
            text = run_case(path)
        except AssertionError as error:  # of the status
            return f"{path.relative_to(HERE)}: {error}\n"
    if update:
        path.write_text(text)
    before, after = (each.splitlines(True) for each in (path.read_text(), text))
    return "".join(difflib.unified_diff(before, after, str(path.relative_to(HERE)), "what is printed now"))


@pytest.mark.parametrize("part", range(PARTS))
def test_golden(part: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    update = request.config.getoption("--update-golden")
    paths = sorted((HERE / "commands").glob("*.txt"))[part::PARTS]
    assert len(paths) > 50
    files = lay_out(HERE / "data", tmp_path / "files laid out")
    assert "".join(differences(path, update, files) for path in paths) == ""


def is_refusal(function: ast.expr) -> bool:
    """Whether what is called is DerivError or self.refuse."""
    if isinstance(function, ast.Attribute):
        return function.attr == "refuse" and isinstance(function.value, ast.Name) and function.value.id == "self"
    return isinstance(function, ast.Name) and function.id == "DerivError"


def refusals() -> Iterator[tuple[str, int, int]]:
    """Every place in the package that makes a DerivError: its file and message, and its first and last line."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and is_refusal(node.func):
                message = ast.unparse(node.args[0])
                yield f"{path.relative_to(PACKAGE).as_posix()}: {message}", node.lineno, node.end_lineno or node.lineno


def test_golden_errors_and_that_every_refusal_has_one(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The errors are run once, and on the way it is recorded which places in the package made them."""
    reached: set[tuple[str, int]] = set()
    original = errors.DerivError.__init__

    def record(self: errors.DerivError, *args: object, **kwargs: object) -> None:
        for depth in (1, 2):
            frame = sys._getframe(depth)
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        original(self, *args, **kwargs)  # type: ignore[arg-type]

    update, paths = request.config.getoption("--update-golden"), sorted((HERE / "errors").glob("*.txt"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errors.DerivError, "__init__", record)
        files = lay_out(HERE / "data", tmp_path / "files laid out")
        told = [differences(path, update, files) for path in paths]
    assert "".join(told) == ""
    missing = []
    for place, first, last in refusals():
        lines = {(str(PACKAGE / place.partition(": ")[0]), line) for line in range(first, last + 1)}
        if not lines & reached and not any(place.startswith(known) for known in NOT_ON_THE_COMMAND_LINE):
            missing.append(place)
    assert "\n".join(missing) == ""
