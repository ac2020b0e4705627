"""Functions in MATLAB, which Octave reads too."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import sympy

from derivcli.explain.code.dialect import Dialect, plain_literal, raised
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import SPACES, assigned, commented, indented
from derivcli.language.bound_variables import Binder, Summation

KEYWORDS = """
break case catch classdef continue else elseif end for function global if otherwise parfor persistent return spmd
switch try while pi eps i j inf nan NaN Inf ans e disp fprintf sum prod size ones zeros psi true false max min
""".split()

SAME_NAME = """
sin cos tan sec csc cot asin acos atan asec acsc acot atan2 sinh cosh tanh sech csch coth asinh acosh atanh asech acsch
acoth exp expm1 log log2 log10 log1p sqrt abs sign floor ceil hypot mod gamma beta erf erfc erfinv erfcinv erfcx
""".split()

MATLAB = Dialect(
    title="MATLAB",
    reserved=frozenset((*KEYWORDS, *SAME_NAME, "gammaln", "besselj", "bessely", "besseli", "besselk", "airy", "rem")),
    functions=MappingProxyType(
        {name: name for name in SAME_NAME}
        | {
            "E1": "expint",
            "airyai": "airy(0, #1)",
            "airyaiprime": "airy(1, #1)",
            "airybi": "airy(2, #1)",
            "airybiprime": "airy(3, #1)",
            "besseli": "besseli",
            "besselj": "besselj",
            "besselk": "besselk",
            "bessely": "bessely",
            "cbrt": "nthroot(#1, 3)",
            "fmod": "rem",
            "gammainc": "gammainc(#2, #1)",
            "gammaincc": "gammainc(#2, #1, 'upper')",
            "loggamma": "gammaln",
            "ndtri": "(-sqrt(2).*erfcinv(2.*#1))",
            "polygamma": "psi(%1, #2)",
            "polygamma(0)": "psi(#2)",
            "trunc": "fix",
        }
    ),
    power=lambda base, exponent, tree: raised(base, exponent, ".^"),
    number=plain_literal,
    constants=MappingProxyType({"pi": "pi", "e": "exp(1)", "nan": "NaN"}),
    times=".*",
    over="./",
    number_times="*",
    number_over="/",
    words=MappingProxyType({"and": " && ", "or": " || ", "not": "~", "true": "true", "false": "false", "!=": "~="}),
)


def write_matlab(plan: FunctionPlan) -> str:
    """A function that gives several numbers back, and perhaps a call of it in a comment."""
    body = prepared(plan, MATLAB)
    points = call_points(body)
    lines = function_lines(body)
    call = call_lines(body, points) if points is not None else []
    return "\n".join([*lines, *call]) + "\n"


def function_lines(body: Body) -> list[str]:
    """The lines of the function."""
    names = [each.name for each in body.outputs]
    back = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    lines: list[str] = []
    for name, tree in body.parts:
        lines += statement(body, name, tree)
    lines += [""] if lines else []
    for cell in body.cells:
        lines += statement(body, cell.name, cell.tree)
    lines += [f"{each.name} = {_matrix(each)};" for each in body.outputs if each.shape]
    head = f"function {back} = {body.name}({', '.join(body.arguments)})"
    return [head, *commented(body.head, "%"), *indented(lines), "end"]


def statement(body: Body, name: str, tree: Any) -> list[str]:
    """The lines that compute a part: an assignment, a choice, or a loop."""
    text = body.writer.text
    if isinstance(tree, sympy.Piecewise):
        lines: list[str] = []
        for pair in tree.args:
            if pair.cond == sympy.true:
                return [*lines, "else", *indented(_line(name, text(pair.expr))), "end"]
            lines += [f"{'elseif' if lines else 'if'} {text(pair.cond)}", *indented(_line(name, text(pair.expr)))]
        return [*lines, "else", f"{SPACES}{name} = NaN;", "end"]
    if isinstance(tree, Binder):
        term, index, first, last = tree.args
        start, sign = ("0", " + ") if isinstance(tree, Summation) else ("1", ".*")
        inner = text(term) if sign == " + " else f"({text(term)})"
        return [
            f"{name} = {start};",
            f"for {index.name} = {first}:{last}",
            *indented(_line(name, f"{name}{sign}{inner}")),
            "end",
        ]
    return _line(name, text(tree))


def _line(name: str, text: str) -> list[str]:
    return assigned(name, text, ";", " ...")


def _matrix(output: Output) -> str:
    rows: Sequence[Sequence[Any]] = output.rows
    return f"[{'; '.join(', '.join(cell.name for cell in row) for row in rows)}]"


def call_lines(body: Body, points: CallPoints) -> list[str]:
    """The call of the function at points, in comments: MATLAB has functions in files of their own."""
    names = [each.name for each in body.outputs]
    left = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    if points.sweep is not None:
        sweep = points.sweep
        name = body.arguments[sweep.place]
        row = [*points.rows[0]]
        row[sweep.place] = name
        lines = [
            f"for {name} = linspace({sweep.start}, {sweep.stop}, {sweep.count})",
            f"{SPACES}{left} = {body.name}({', '.join(row)})",
            "end",
        ]
    else:
        lines = [f"{left} = {body.name}({', '.join(row)})" for row in points.rows]
    return ["", "% format long", *commented(lines, "%")]
