"""What a function in another language gives back: one number or many, and the programs that call it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derivcli import DerivError, derive, hessian, implicit, jacobian, script
from derivcli.explain.code.languages import LANGUAGES
from derivcli.result import Jacobian, Result
from tests.coded import Job, available, called, namespace, run, rustc
from tests.scripts import run as run_python
from tests.support import deriv, each, sample

AT = {"x": 1.25, "y": 0.75}

BOUND = [
    "sum(sin(k*x)*exp(-k*y), k, 1, 3)", "product(1 + exp(-k*x)*sin(k), k, 1, 3)", "sum(sum(x^j/k, j, 1, k), k, 1, 3)",
    "sin(sum(exp(-k*x), k, 1, 5))^2", "product(cos(x/2^k), k, 1, 3)", "sum(i*x^i, i, 1, 4)", "sum(-x, k, 1, 4) - x",
    "sum(x*X, X, 1, 3)*y^2", "sum(value*x, value, 1, 3)", "sum(abs(x-k), k, 1, 3)", "sum((-1)^k*x^k, k, 0, 3)",
    "sum(root(x, 2*k+1), k, 1, 2)", "sum(y*x, y, 1, 3)*y", "sum(max(x, k)*x, k, 1, 3)",
]  # fmt: skip
"""Sums and products over an index, of which some are loops and some are written term by term."""

LITERALS = [
    "(2/3)^x*y", "2^x", "(1/3)^(1/3)*x", "log(2/3)*x", "sin(2)*x", "max(2/3, x)", "hypot(2/3, x)", "atan2(3, x)",
    "exp(-2/3)*x", "(2*pi)^x", "(1+sqrt(2))^x", "if(x > 1, 2, 3)^2.5*x", "if(x > 1, 2, 1/3)^x", "log(x, 2/3)",
]  # fmt: skip
"""Functions of numbers that are literals."""

Shape = tuple[str, Any, dict[str, Any]]


def shape(name: str, expression: Any, **options: Any) -> Shape:
    return name, expression, options


SHAPES = [
    shape("gradient", "x^3*y + sin(x*y)"),
    shape("one variable of two", "x^3*y", wrt=["y"]),
    shape("order", "x^5*exp(y)", order=3),
    shape("mixed", "x^3*y^2", mixed=[("x", "x", "y")]),
    shape("along", "x^2*y", along={"x": 1, "y": 2}),
    shape("hessian", "exp(x*y)/(x+y)", hessian=True),
    shape("jacobian", ["x*y", "x+sin(y)", "z*x"], let={"z": "x/y+1"}),
    shape("let", "k*z^2+z", let={"k": "3", "z": "x*y"}),
    shape("implicit", "x^2+x*y+y^3=3", dependent="y"),
    shape("bound", BOUND),
    shape("literals", LITERALS),
    shape("pieces", "if(x > 1, x^2*y, if(y > 1, x, y))"),
    shape("sum", "sum(x^k*y/k, k, 1, 5)*product(x+k, k, 1, 3)"),
    shape("named", "area(x, y) = pi*x*y"),
]


def numbers(expression: Any, options: dict[str, Any]) -> list[float]:
    """What the calculator gives, in the order of the code."""
    options = dict(options)
    found: Result | Jacobian
    if isinstance(expression, list):
        found = jacobian(expression, AT, check=False, **options)
        return [*found.value.ravel(), *found.matrix.ravel()]
    if options.pop("hessian", False):
        found = hessian(expression, AT, check=False, **options)
        return [*found.value, *found.matrix.ravel()]
    if "dependent" in options:
        found = implicit(expression, options.pop("dependent"), AT, check=False, **options)
        return [each[0] for each in found.derivatives.values()]
    found = derive(expression, AT, check=False, **options)
    return [*found.value, *(each[0] for each in found.derivatives.values())]


def printed(text: str) -> list[float]:
    """The numbers in a program's output."""
    return [float(each) for each in re.findall(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?(?![\w/])", re.sub(r"\S+ =", "", text))]


def by_compiler(command: str, suffix: str) -> Callable[[str, Path], str]:
    def output(code: str, folder: Path) -> str:
        (folder / f"demo{suffix}").write_text(code)
        run(command, folder)
        return run("./demo", folder)

    return output


def by_numpy(code: str, folder: Path) -> str:
    """What code in NumPy prints, with all digits."""
    with np.printoptions(precision=17):
        return run_python(code)


PROGRAMS: dict[str, Callable[[str, Path], str]] = {
    "c": by_compiler("gcc -std=c99 -Wall -Wextra -Wpedantic -Wno-unused-parameter -Werror demo.c -o demo -lm", ".c"),
    "fortran": by_compiler("gfortran -std=f2008 -Wall -Wno-unused-dummy-argument -Werror demo.f90 -o demo", ".f90"),
    "rust": by_compiler(f"{rustc()} --edition=2024 -D warnings -A unused_variables demo.rs -o demo", ".rs"),
    "numpy": by_numpy,
    "sympy": lambda code, folder: run_python(code),
}


CASES = [
    (language, case) for place, language in enumerate(PROGRAMS) for case in SHAPES[sample(place % 4, 0) :: sample(4, 1)]
]
"""Each shape in some of the languages, or in all of them."""


@pytest.mark.sampled
@each(("language", "case"), CASES)
def test_a_program_prints_the_numbers_of_the_calculator(language: str, case: Shape, tmp_path: Path) -> None:
    _, expression, options = case
    if not available(language):
        return
    code = script(expression, AT, language=language, **options)
    got, want = printed(PROGRAMS[language](code, tmp_path)), numbers(expression, options)
    assert np.allclose(sorted(got), sorted(want), rtol=1e-14, atol=0), f"{code}\n{got}\n{want}"


def test_programs_go_through_several_points(tmp_path: Path) -> None:
    for language in ("c", "fortran", "rust"):
        for at in ("x=1,2,3", "x=1:3:3", "x=0:2:25"):
            if available(language):
                code = script("x^2*log(x+1)", at, language=language)
                got = printed(PROGRAMS[language](code, tmp_path))
                want = derive("x^2*log(x+1)", at, check=False)
                for column in (want.value, want.derivatives["x"]):
                    assert all(np.isclose(got, number, rtol=1e-13, atol=0).any() for number in column)


def test_a_nan_goes_through_max_and_min(tmp_path: Path) -> None:
    x, y = np.array([np.nan, 1, np.nan, 1, 2]), np.array([1, np.nan, np.nan, 2, 1])
    job = Job("f(x, y) = max(x, y) - min(x, y)", {"x": x, "y": y}, 3)
    for language in ("c", "fortran", "rust", "matlab"):  # the others have functions that keep it
        if available(language):
            assert np.array_equal(called(language, {job: job.code(language)}, tmp_path)[job][0], abs(x - y), True)


def test_capitals_are_allowed_in_rust() -> None:
    assert script("X^2", "X=1", language="rust").count("#[allow(non_snake_case)]") == 2


@each("language", [name for name in LANGUAGES if name != "torch"])
def test_a_name_that_a_language_needs_is_another_one(language: str) -> None:
    words = {"c": "double", "fortran": "sin", "julia": "end", "rust": "fn", "matlab": "end"}.get(language, "lambda")
    code = script(f"{words}_x^2*{words}", wrt=[words, f"{words}_x"], language=language)
    assert f"{words}_ is the variable {words}" in code
    assert f"{words}_x_" not in code


def test_fortran_has_one_name_for_both_cases() -> None:
    assert "X_ is the variable X" in script("x^2*X", language="fortran")


def test_arrays_broadcast_and_constants_fill_them() -> None:
    f = namespace(script("3*x + y^2", language="numpy"))["f"]
    value, gradient = f(np.arange(4), 2)
    assert value.shape == (4,)
    assert gradient.shape == (4, 2)
    assert (gradient == [3, 4]).all()


def test_a_form_that_cancels_is_not_computed() -> None:
    text = "(x-1)^7/x"
    value, slope = namespace(script(text, language="numpy"))["f"](np.array([1.01, 0.99]))
    want = derive(text, {"x": [1.01, 0.99]}, check=False)
    assert np.allclose(slope, want.derivatives["x"], rtol=1e-13, atol=0)
    assert np.allclose(value, want.value, rtol=1e-13, atol=0)


def test_an_exponential_does_not_overflow_where_the_derivative_is_small() -> None:
    slope = namespace(script("exp(-x^2)/(1+exp(-x^2))", language="numpy"))["f"](np.array([-40.0, 40.0]))[1]
    assert (slope == 0).all()


def test_what_is_common_is_computed_once() -> None:
    code = script("exp(-x^2/2)*cos(x)^2/(1+x^4)", language="c")
    body = code[code.index("{") :]
    assert body.count("exp(") == body.count("cos(") == 1


@pytest.mark.sampled
@each(
    ("language", "ending"),
    [
        (language, ending)
        for language in ("torch", "numpy", "jax")
        for ending in ("csv", "tsv", "parquet", "arrow", "jsonl")
    ][:: sample(3, 1)],
)
def test_a_script_reads_the_columns_of_a_file(
    language: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text('t,"Speed (m/s)",x\n9,2,3\n9,5,6\n')
    deriv("x", "--data", "p.csv", "--output", f"points.{ending}")
    words = ["v^2*x", "--data", f"points.{ending}", "--column", "v=Speed (m/s)"]
    got = printed(run_python(deriv(*words, "--code", language).stdout))
    for number in (12.0, 150.0, 4.0, 25.0, 60.0):
        assert number in got, got


def test_a_compiled_function_says_what_the_columns_are(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("x\n1\n2\n")
    assert "for each row of" in deriv("x^2", "--data", str(tmp_path / "p.csv"), "--code", "c").stdout


def test_a_language_follows_the_option_or_is_left_out() -> None:
    for words in (["x^2", "--code", "c"], ["--code", "c", "x^2"], ["--code=c", "x^2"], ["--code=c", "--", "x^2"]):
        assert "void f(double x" in deriv(*words).stdout
    for words in (["--code", "x^2"], ["x^2", "--code"], ["--code", "--", "x^2"], ["--code=torch", "x^2"]):
        assert "import torch" in deriv("--at", "x=3", *words).stdout
    assert "c = torch.tensor(" in deriv("--code", "c", "--at", "c=3").stdout
    assert "void f(double c" in deriv("--code", "c", "c").stdout
    with pytest.raises(DerivError, match="no language"):
        script("x", language="cobol")


def test_code_in_a_file_has_the_ending_of_its_language(tmp_path: Path) -> None:
    for language in LANGUAGES.values():
        path = tmp_path / f"slope{language.suffix}"
        deriv("x^2", "--at", "x=1", "--code", language.name, "--output", str(path))
        assert "x" in path.read_text()
