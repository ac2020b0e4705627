"""Functions of a user's own in formulas: how they are read from files, and that they work through the whole program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from derivcli import DerivError, derive, parse
from derivcli.check.custom.load import find, load
from derivcli.cli.app import COMMANDS
from tests.planted import NewStyle, Square, Thrifty, made, pair, saving, square
from tests.support import deriv

ROOT = Path(__file__).parents[1]
SQUARES = ROOT / "tests" / "golden" / "data" / "squares.py"
USE = "--use", f"{SQUARES}:SQ"

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


def numbers(*words: str) -> list[float]:
    """What a command prints with --format value."""
    return [float(text) for text in deriv(*words, "--no-check", "--format", "value").stdout.split()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["SQ(x)", "--at", "x=3"], [6]),
        (["SQ(x)", "--at", "x=3", "--order", "2"], [2]),
        (["SQ(x)", "--at", "x=3", "--order", "3"], [0]),
        (["SQ(SQ(x))", "--at", "x=2"], [32]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "2"], [48]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "3"], [48]),
        (["SQ(SQ(x))", "--at", "x=2", "--order", "4", "--engine", "reverse"], [24]),
        (["SQ(x*y)", "--at", "x=2,y=3"], [36, 24]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--mixed", "x,y"], [24]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--mixed", "x,y,y"], [8]),
        (["SQ(x*y)", "--at", "x=2,y=3", "--along", "x=1,y=1"], [60]),
        (["SQ(x)", "--at", "x=1,2,3"], [2, 4, 6]),
        (["if(x > 0, SQ(x), -x)", "--at", "x=-1,0.5,2"], [-1, 1, 4]),
        (["if(x > 0, SQ(x), -x)", "--at", "x=-1,-2"], [-1, -1]),
        (["z+1", "--let", "z=SQ(x)", "--at", "x=3"], [6]),
        (["SQ(3)*x", "--at", "x=3"], [9]),
        (["x", "SQ(x)", "--at", "x=3"], [1, 6]),
        (["y = SQ(x)", "--implicit", "y", "--at", "x=3,y=9"], [6]),
        (["y = SQ(x)", "--implicit", "y", "--at", "x=3,y=9", "--order", "2"], [2]),
        (["SQ(x)", "--at", "x=3", "--dtype", "float32"], [6]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) and isinstance(value[0], str) else None,
)
def test_it_works_through_the_whole_program(words: list[str], expected: list[float]) -> None:
    assert numbers(*words, *USE) == expected


@pytest.mark.parametrize("order", [1, 2, 3])
def test_derivatives_are_those_of_the_formula(order: int) -> None:
    at = {"x": np.linspace(-2, 2, 50)}
    own = derive(parse("sin(SQ(x))*exp(SQ(x)/4)", use={"SQ": Square}), at, order=order, check=False)
    formula = derive("sin(x**2)*exp(x**2/4)", at, order=order, check=False)
    for key, values in own.derivatives.items():
        np.testing.assert_allclose(values, formula.derivatives[key], rtol=1e-11, atol=1e-11)


def test_two_arguments_of_the_new_style() -> None:
    expression = parse("F(x, y)*y", use={"F": NewStyle})
    x, y = np.array([0.5, 1.5]), np.array([2.0, 3.0])
    result = derive(expression, {"x": x, "y": y}, mixed=["x,y", "x,x", "y,y"], paired=True, check=False)
    np.testing.assert_allclose(result.derivatives["x,y"], 2 * y * np.cos(x))
    np.testing.assert_allclose(result.derivatives["x,x"], -(y**2) * np.sin(x))
    np.testing.assert_allclose(result.derivatives["y,y"], 2 * np.sin(x))


def test_only_the_gradients_that_are_needed() -> None:
    expression = parse("F(x, y)", use={"F": Thrifty})
    assert derive(expression, {"x": 2, "y": 3}, wrt="x", check=False).derivatives["x"] == [3]
    assert derive(expression, {"x": 2, "y": 3}, wrt="y", check=False).derivatives["y"] == [2]


def test_a_branch_is_given_the_points_that_take_it() -> None:
    seen: list[Tensor] = []

    def value(i: Tensor) -> Tensor:
        seen.append(i.detach().clone())
        return torch.log(i)

    expression = parse("if(x > 0, F(x), 0)", use={"F": saving(value, lambda g, i: g / i)})
    derive(expression, {"x": [-1.0, 2.0, -3.0, 4.0]}, check=False)
    assert [{*each.tolist()} for each in seen] == [{2, 4}]


def test_it_is_given_whole_columns_of_the_number_format() -> None:
    given: list[Tensor] = []

    def value(x: Tensor, y: Tensor) -> Tensor:
        given.extend([x, y])
        return x * y

    function = pair(value, lambda g, x, y: (g * y, g * x))
    derive(parse("F(x, 2)", use={"F": function}), {"x": [1.0, 2.0, 3.0]}, dtype="float32", check=False)
    assert {(tuple(each.shape), each.dtype, each.is_contiguous()) for each in given} == {((3,), torch.float32, True)}


def test_a_data_file_goes_through_it_chunk_after_chunk(tmp_path: Path) -> None:
    count = 200_000
    (tmp_path / "x.csv").write_text("x\n" + "".join(f"{number}\n" for number in range(count)))
    deriv("SQ(x)", *USE, "--data", str(tmp_path / "x.csv"), "--output", str(tmp_path / "out.csv"))
    rows = np.loadtxt(tmp_path / "out.csv", delimiter=",", skiprows=1, usecols=(0, 1, 2))
    np.testing.assert_array_equal(rows[:, 1], np.arange(count) ** 2)
    np.testing.assert_array_equal(rows[:, 2], 2 * np.arange(count))


def test_what_it_prints_goes_to_standard_error(write: Write) -> None:
    use = write(before="print('importing')", after="print('done')")
    outcome = deriv("SQ(x)", "--use", use, "--at", "x=3", "--format", "json", "--no-check")
    assert outcome.json["functions"][0]["derivatives"] == {"x": [6]}
    assert outcome.stderr == "importing\ndone\n"
    assert deriv("explain", "SQ(x)", "--use", use, "--at", "x=3", "--no-check").stdout.startswith("node\t")


def test_unchecked_is_no_difference() -> None:
    assert "unchecked" in deriv("SQ(x)", *USE, "--at", "x=3", "--check").stdout
    result = derive(parse("F(x)+G(x)", use={"F": Square, "G": Square}), "x=1", check=True)
    assert result.verdicts["x"][0] is not None
    assert result.verdicts["x"][0].message == "'F' and 'G' are code, which deriv check-fn checks"


class Refusing(torch.autograd.Function):
    """A square whose backward PyTorch cannot differentiate."""

    @staticmethod
    def forward(ctx: Any, i: Tensor) -> Tensor:
        return Square.forward(ctx, i)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, g: Tensor) -> Tensor:
        return Square.backward(ctx, g)


@pytest.mark.parametrize("text", ["F(x)", "sin(F(x))", "F(x)*x", "F(x)+F(F(x))", "if(x > 0, F(x), x)"])
def test_a_second_derivative_that_there_is_none_of_is_refused(text: str) -> None:
    expression = parse(text, use={"F": Refusing})
    assert np.isfinite(derive(expression, "x=2", check=False).derivatives["x"]).all()
    with pytest.raises(DerivError, match="refuses second derivatives"):
        derive(expression, "x=2", order=2, check=False)


def raising(*_: Any) -> Any:
    raise ValueError("first\nsecond")


def leaving(*_: Any) -> Any:
    raise SystemExit(0)


class MuteError(Exception):
    """An exception that cannot say what it is."""

    def __str__(self) -> str:
        raise ValueError


def muttering(*_: Any) -> Any:
    raise MuteError


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (saving(raising, raising), "F fails: ValueError: first"),
        (square(raising), "F fails: ValueError: first"),
        (square(leaving), "F fails: SystemExit: 0"),
        (saving(leaving, leaving), "F fails: SystemExit: 0"),
        (square(muttering), "F fails: MuteError"),
        (square(lambda g, i: None), None),
        (square(lambda g, i: (g, g)), "F fails: RuntimeError: function FBackward returned an incorrect number"),
        (saving(lambda i: i.sum(), lambda g, i: g), "'F' gives a tensor of shape () where"),
        (saving(lambda i: torch.stack([i, i]), lambda g, i: g), "'F' gives a tensor of shape (2, 2) where"),
        (saving(lambda i: 3.0, lambda g, i: g), "'F' gives a float where"),
        (saving(lambda i: (i, i), lambda g, i: g), "'F' gives a tuple where"),
    ],
)
def test_failures_are_refusals_in_a_line(function: Any, message: str | None) -> None:
    expression = parse("F(x)", use={"F": function})
    if message is None:
        assert derive(expression, "x=1,2", check=False).derivatives["x"].tolist() == [0, 0]
        return
    with pytest.raises(DerivError) as caught:
        derive(expression, "x=1,2", check=False)
    assert caught.value.message.startswith(message)
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_an_interrupt_passes_through() -> None:
    def interrupt(*_: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        derive(parse("F(x)", use={"F": square(interrupt)}), "x=1", check=False)


# ---- the file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/0", "own.py, line 2: ZeroDivisionError: division by zero"),
        ("x = = 3", "own.py: SyntaxError: invalid syntax (own.py, line 2)"),
        ("import sys; sys.exit(3)", "own.py, line 2: SystemExit: 3"),
        ("exit()", "own.py, line 2: SystemExit"),
        ("import no_such_module", "own.py, line 2: ModuleNotFoundError: No module named 'no_such_module'"),
        ("from . import helper", "own.py, line 2: ImportError: attempted relative import with no known parent package"),
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
    for name in ("Layers.Nothing", "Layers.Deep", "torch.autograd.Function.apply", "SQ.apply", "__class__", "torch"):
        with pytest.raises(DerivError):
            find(f"{path}:{name}")


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


# ---- nothing else runs a user's Python

TRAP = "import pathlib; pathlib.Path(__file__).with_suffix('.sprung').touch(); raise SystemExit('a trap')\n"
TRAPS = """torch sympy numpy scipy flint mpmath matplotlib rich typer pyarrow derivcli helper sitecustomize
    usercustomize squares conftest setup config deriv __init__ __main__ own""".split()
QUIET = [
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
    ["check-fn", "own.py"],
    ["--use", "own.py", "SQ(x)", "--at", "x=1"],
    ["--help"],
]


@pytest.mark.parametrize("words", QUIET, ids=" ".join)
def test_nothing_else_runs_a_file(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(TRAP)
    monkeypatch.chdir(tmp_path)
    deriv(*words, status=0 if "--help" in words or ("x**2" in words and "--let" not in words) else 2)
    assert not list(tmp_path.glob("*.sprung"))


def test_a_trap_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(TRAP)
    deriv("SQ(x)", "--use", f"{tmp_path / 'own.py'}:SQ", "--at", "x=1", status=2)
    assert [path.name for path in tmp_path.glob("*.sprung")] == ["own.sprung"]


def test_a_process_in_a_folder_of_traps(write: Write, tmp_path: Path) -> None:
    for name in TRAPS:
        (tmp_path / f"{name}.py").write_text(TRAP)
    use = write("import helper_of_own", "squares.py")
    (tmp_path / "helper_of_own.py").write_text("")
    command = "import sys; sys.path.remove(''); from derivcli.__main__ import main; main()"
    words = ["SQ(x)", "--at", "x=3", "--no-check", "--use", use, "--format", "value"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", command, *words],
        cwd=tmp_path, capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("6\n", "", 0)
    assert not list(tmp_path.glob("*.sprung"))


def test_the_help_says_who_runs_files() -> None:
    told = {name: " ".join(deriv(*name.split(), "--help").stdout.split()) for name in ("", *COMMANDS)}
    assert "This runs the file, and nothing but this and check-fn runs any." in told[""]
    assert "This runs the file, and nothing but this and --use runs any." in told["check-fn"]
    for name, text in told.items():
        assert ("runs the file" in text) == ("--use" in text), name


def test_a_name_that_formulas_cannot_call() -> None:
    for name in ("_F", "and", "if", "x y", "1F", ""):
        with pytest.raises(DerivError):
            parse("x", use={name: Square})


def test_own_names_win_over_the_table() -> None:
    assert derive(parse("sin(x)", use={"sin": Square}), "x=3", check=False).derivatives["x"] == [6]


def test_it_is_called_once_for_equal_calls() -> None:
    calls = []

    def forward(ctx: Any, i: Tensor) -> Tensor:
        calls.append(len(i))
        ctx.save_for_backward(i)
        return i**2

    function = made(forward, Square.backward)
    derive(parse("F(x)+F(x)*2", use={"F": function}), {"x": np.arange(5.0)}, check=False)
    assert calls == [5]
