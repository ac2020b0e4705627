"""Formulas in SymPy, as expressions over symbols."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from derivcli.explain.code.dialect import Dialect
from derivcli.explain.code.dialects.arrays import assigned_python
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import commented
from derivcli.explain.code.script_names import PYTHON
from derivcli.language.printer import ATOM, POWER, SIGN, Piece, enclosed

SAME_NAME = """
sin cos tan sec csc cot asin acos atan asec acsc acot atan2 sinh cosh tanh sech csch coth asinh acosh atanh asech acsch
acoth exp log sqrt cbrt sign floor gamma loggamma polygamma digamma trigamma harmonic factorial beta lowergamma
uppergamma zeta binomial rf ff erf erfc erfi erfinv Ei li Li expint E1 Si Ci Shi Chi fresnels fresnelc besselj
bessely besseli besselk airyai airybi airyaiprime airybiprime legendre chebyshevt chebyshevu hermite hermite_prob
laguerre gegenbauer assoc_laguerre elliptic_k elliptic_f elliptic_e elliptic_pi root
""".split()

SYMPY = Dialect(
    title="SymPy",
    reserved=frozenset((*PYTHON, "sp")),
    functions=MappingProxyType(
        {name: f"sp.{name}" for name in SAME_NAME}
        | {
            "abs": "sp.Abs",
            "ceil": "sp.ceiling",
            "elliptic_e_inc": "sp.elliptic_e",
            "elliptic_pi_inc": "sp.elliptic_pi",
            "frac": "sp.frac",
            "heaviside": "sp.Heaviside(#1, sp.Rational(1, 2))",
            "lambertw": "sp.LambertW",
            "max": "sp.Max",
            "min": "sp.Min",
            "mod": "sp.Mod",
        }
    ),
    power=lambda base, exponent, tree: _power(base, exponent, tree),
    number=lambda value: _number(value),
    constants=MappingProxyType({"pi": "sp.pi", "e": "sp.E", "nan": "sp.nan"}),
    words=MappingProxyType({"and": " & ", "or": " | ", "not": "~", "true": "True", "false": "False", "tight": "1"}),
    choice="sp.Piecewise((#2, #1), (#3, True))",
    loop="sp.Sum(#1, (#2, #3, #4))",
    product_loop="sp.Product(#1, (#2, #3, #4))",
)


def _number(value: Fraction) -> Piece:
    if value.denominator == 1:
        return str(value), SIGN if value < 0 else ATOM
    return f"sp.Rational({value.numerator}, {value.denominator})", ATOM


def _power(base: Piece, exponent: Piece, tree: Any) -> Piece:
    return f"{enclosed(base, ATOM)}**{enclosed(exponent, ATOM)}", POWER


def write_sympy(plan: FunctionPlan) -> str:
    """Expressions in SymPy, with their values at points."""
    body = prepared(plan, SYMPY)
    points = call_points(body)
    names = body.arguments
    called = f'"{names[0]}"' if len(names) == 1 else f'"{" ".join(names)}"'
    made = "sp.Symbol" if len(names) == 1 else "sp.symbols"
    lines = ["import sympy as sp", "", f"{', '.join(names)} = {made}({called}, real=True)"]
    lines += [f'{name} = sp.Symbol("{name}", integer=True)' for name in body.indices]
    lines += ["", *commented(body.head, "#")]
    for name, tree in body.parts:
        lines += assigned_python(name, body.writer.text(tree))
    for cell in body.cells:
        text = body.writer.text(cell.tree)
        lines += assigned_python(cell.name, f"sp.Integer({text})" if text.lstrip("-").isdigit() else text)
    lines += [f"{each.name} = {_matrix(each)}" for each in body.outputs if each.shape]
    lines += call_lines(body, points) if points is not None else []
    return "\n".join(lines) + "\n"


def _matrix(output: Output) -> str:
    rows: list[Sequence[Any]] = output.rows if len(output.shape) > 1 else [[cell] for cell in output.cells]
    return f"sp.Matrix([{', '.join('[' + ', '.join(cell.name for cell in row) + ']' for row in rows)}])"


def call_lines(body: Body, points: CallPoints) -> list[str]:
    """Lines that print the values at points."""
    names = [output.name for output in body.outputs]
    if points.sweep is not None:
        sweep = points.sweep
        row = [*points.rows[0]]
        row[sweep.place] = sweep.at("sp.Integer(i)")
        head, places = f"for i in range({sweep.count}):", [row]
    else:
        head, places = "", [[*row] for row in points.rows]
    lines = [""]
    for row in places:
        at = ", ".join(f"{name}: {value}" for name, value in zip(body.arguments, row, strict=True))
        prints = [f'print("{name} =", {name}.subs({{{at}}}).evalf(17))' for name in names]
        lines += [head, *("    " + line for line in prints)] if head else prints
    return lines
