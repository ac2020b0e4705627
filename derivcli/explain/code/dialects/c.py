"""Functions in C99."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from derivcli.explain.code.dialect import Dialect, float_literal
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import SPACES, aligned, assigned, commented, indented, wrapped
from derivcli.language.bound_variables import Binder, Summation, free_symbols
from derivcli.language.printer import ATOM, PRODUCT, Piece
from derivcli.language.tree import Tree

KEYWORDS = """
auto bool break case char complex const continue default do double else enum extern float for goto if imaginary inline
int long main register restrict return short signed sizeof static struct switch typedef union unsigned void volatile
while y0 y1 yn j0 j1 jn gamma lgamma tgamma signgam i points printf div time index NAN INFINITY HUGE_VAL I PI
class new delete this template public private protected friend operator namespace using virtual throw try catch
""".split()

SAME_NAME = """
sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt hypot
floor ceil trunc fmod erf erfc
""".split()

C = Dialect(
    title="C",
    reserved=frozenset((*KEYWORDS, *SAME_NAME, "pow", "abs", "fabs", "fmax", "fmin", "round", "rint", "f32", "f64")),
    functions=MappingProxyType(
        {name: name for name in SAME_NAME}
        | {
            "abs": "fabs",
            "bessel_j0": "j0",
            "bessel_j1": "j1",
            "bessel_y0": "y0",
            "bessel_y1": "y1",
            "besselj": "jn(%1, #2)",
            "besselj(0)": "j0(#2)",
            "besselj(1)": "j1(#2)",
            "bessely": "yn(%1, #2)",
            "bessely(0)": "y0(#2)",
            "bessely(1)": "y1(#2)",
            "gamma": "tgamma",
            "loggamma": "lgamma",
            "round": "rint",
        }
    ),
    power=lambda base, exponent, tree: _power(base, exponent, tree),
    number=float_literal,
    constants=MappingProxyType({"pi": "PI", "e": "exp(1.0)", "nan": "NAN"}),
    words=MappingProxyType({"and": " && ", "or": " || ", "not": "!", "true": "1", "false": "0"}),
    choice="#1 ? #2 : #3",
)


def _power(base: Piece, exponent: Piece, tree: Any) -> Piece:
    """Small powers of a variable are products."""
    if tree.exp.is_Integer and 2 <= tree.exp <= 3 and base[0].isidentifier():
        return " * ".join([base[0]] * int(tree.exp)), PRODUCT
    return f"pow({base[0]}, {exponent[0]})", ATOM


def write_c(plan: FunctionPlan) -> str:
    """A function of numbers that writes what it computes through pointers, and perhaps a program that calls it."""
    body = prepared(plan, C)
    points = call_points(body)
    lines = function_lines(body)
    main = main_lines(body, points) if points is not None else []
    text = "\n".join([*lines, *main])
    heads = ["#define _XOPEN_SOURCE 700  // Bessel functions", ""] if re.search(r"\b[jy][01n]\(", text) else []
    heads += ["#include <math.h>", *(["#include <stdio.h>"] if main else []), ""]
    heads += ["static const double PI = 3.14159265358979323846;", ""] if "PI" in text else []
    return "\n".join([*heads, text]) + "\n"


def function_lines(body: Body) -> list[str]:
    """The lines of the function."""
    inputs = [f"double {name}" for name in body.arguments]
    outputs = [f"double {_declared(each)}" for each in body.outputs]
    lines: list[str] = []
    for name, tree in body.parts:
        lines += loop_lines(body, name, tree) if isinstance(tree, Binder) else _constant(body, name, tree)
    lines += [""] if lines else []
    for output in body.outputs:
        lines += _filled(body, output)
    head = f"void {body.name}({', '.join([*inputs, *outputs])})"
    return [*commented(body.head, "//"), head, "{", *indented(lines), "}"]


def _constant(body: Body, name: str, tree: Tree) -> list[str]:
    return assigned(f"const double {name}", body.writer.text(tree), ";")


def loop_lines(body: Body, name: str, tree: Any) -> list[str]:
    """A sum or product over an index."""
    term, index, first, last = tree.args
    start, sign = ("0.0", "+") if isinstance(tree, Summation) else ("1.0", "*")
    return [
        f"double {name} = {start};",
        f"for (int i = {first}; i <= {last}; i++) {{",
        *([f"{SPACES}const double {index.name} = i;"] if index in free_symbols(term) else []),
        *indented(wrapped(f"{name} {sign}= ", body.writer.text(term), ";")),
        "}",
    ]


def _declared(output: Output) -> str:
    return _spot(output, output.shape) if output.shape else f"*{output.name}"


def _filled(body: Body, output: Output) -> list[str]:
    """The assignments of an output; a number that stands twice in a matrix is computed once."""
    lines: list[tuple[str, str]] = []
    done: dict[str, str] = {}
    for place, cell in output.placed:
        target = _spot(output, place) if output.shape else f"*{output.name}"
        made = assigned(target, done.get(cell.name) or body.writer.text(cell.tree), ";")
        done.setdefault(cell.name, target)
        lines += [*((line, "") for line in made[:-1]), (made[-1], cell.label if output.shape else "")]
    return aligned([line for line, _ in lines], [label for _, label in lines], "//")


def _spot(output: Output, place: Sequence[int]) -> str:
    return output.name + "".join(f"[{each}]" for each in place)


def main_lines(body: Body, points: CallPoints) -> list[str]:
    """A program that prints what the function gives at points."""
    inner = [f"double {_spot(each, each.shape)};" for each in body.outputs]
    given = [each.name if each.shape else f"&{each.name}" for each in body.outputs]
    numbers = [(cell.label, _spot(output, place)) for output in body.outputs for place, cell in output.placed]
    if points.sweep is None:
        width = len(body.arguments)
        rows = [f"{SPACES}{{{', '.join(row)}}}," for row in points.rows]
        start = [f"const double points[][{width}] = {{", *rows, "};"]
        loop = "for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {"
        arguments = [f"points[i][{place}]" for place in range(width)]
    else:
        name = body.arguments[points.sweep.place]
        start, loop = [], f"for (int i = 0; i < {points.sweep.count}; i++) {{"
        inner.append(f"const double {name} = {points.sweep.at('i')};")
        arguments = points.moved(name)
        numbers.insert(0, (name, name))
    inner.append(f"{body.name}({', '.join([*arguments, *given])});")
    inner += [f'printf("{label} = %.17g\\n", {number});' for label, number in numbers]
    return ["", "int main(void)", "{", *indented([*start, loop, *indented(inner), "}", "return 0;"]), "}"]
