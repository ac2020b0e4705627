"""A tree as LaTeX, in the shape that was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.language.printer import (
    AND,
    ATOM,
    COMPARISON,
    NOT,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    Pieces,
    Writer,
    joined,
    literally,
    number_text,
    sum_writer,
)
from derivcli.language.tree import RELATIONS, Derivative, PartialDerivative, Tree, divisor, negated, postorder, row_of
from derivcli.render.labels import name_latex

COMMANDS = {
    **{name: f"\\{name}" for name in "sin cos tan sec csc cot sinh cosh tanh coth max min".split()},
    **{f"a{name}": f"\\arc{name}" for name in ("sin", "cos", "tan")},
    "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}", "gamma": r"\Gamma", "loggamma": r"\ln\Gamma",
    "digamma": r"\psi", "trigamma": r"\psi'", "sigmoid": r"\sigma", "heaviside": r"\operatorname{H}",
    "beta": r"\mathrm{B}", "zeta": r"\zeta", "lowergamma": r"\gamma", "uppergamma": r"\Gamma", "gammainc": "P",
    "gammaincc": "Q", "ndtr": r"\Phi", "log_ndtr": r"\ln\Phi", "airyai": r"\operatorname{Ai}",
    "airybi": r"\operatorname{Bi}", "airyaiprime": r"\operatorname{Ai}'", "airybiprime": r"\operatorname{Bi}'",
    "E1": r"\operatorname{E}_{1}", "fresnels": "S", "fresnelc": "C", "dawsn": "D", "elliptic_k": "K",
    "elliptic_f": "F", "elliptic_e": "E", "elliptic_e_inc": "E", "elliptic_pi": r"\Pi", "elliptic_pi_inc": r"\Pi",
    "bessel_j0": "J_{0}", "bessel_j1": "J_{1}", "bessel_y0": "Y_{0}", "bessel_y1": "Y_{1}",
    "modified_bessel_i0": "I_{0}", "modified_bessel_i1": "I_{1}", "modified_bessel_k0": "K_{0}",
    "modified_bessel_k1": "K_{1}", "spherical_bessel_j0": "j_{0}",
}  # fmt: skip
"""Functions with a command or a letter of their own; the others are set upright by name."""

NO_POWER = ("factorial", "loggamma", "log_ndtr", "trigamma", "airyaiprime", "airybiprime")
"""Functions at whose name an exponent would be read as another thing."""

INDEXED = {
    "besselj": "J", "bessely": "Y", "besseli": "I", "besselk": "K",
    "jn": "j", "yn": "y", "spherical_in": "i", "expint": r"\operatorname{{E}}", "legendre": "P", "chebyshevt": "T",
    "chebyshevu": "U", "hermite": "H", "hermite_prob": r"\mathit{{He}}", "laguerre": "L",
}  # fmt: skip
"""Functions whose first argument is an index."""

SHAPES: dict[str, str] = {
    "abs": r"\left|{0}\right|",
    "floor": r"\left\lfloor {0} \right\rfloor",
    "ceil": r"\left\lceil {0} \right\rceil",
    "cbrt": r"\sqrt[3]{{{0}}}",
    "root": r"\sqrt[{1}]{{{0}}}",
    "exp": r"e^{{{0}}}",
    "polygamma": r"\psi^{{({0})}}\left({1}\right)",
    "binomial": r"\binom{{{0}}}{{{1}}}",
    "rf": r"{{\left({0}\right)}}^{{\overline{{{1}}}}}",
    "ff": r"{{\left({0}\right)}}^{{\underline{{{1}}}}}",
    "lambertw": r"W_{{{1}}}\left({0}\right)",
    "erfinv": r"\operatorname{{erf}}^{{-1}}\left({0}\right)",
    "erfcinv": r"\operatorname{{erfc}}^{{-1}}\left({0}\right)",
    "ndtri": r"\Phi^{{-1}}\left({0}\right)",
    "zeta_s": r"\zeta^{{({0})}}\left({1}, {2}\right)",
    "erfcx_n": r"\operatorname{{erfcx}}^{{({0})}}\left({1}\right)",
    "dawsn_n": r"D^{{({0})}}\left({1}\right)",
    "lowergamma_s": r"\partial_{{s}}^{{{0}}} \gamma\left({1}, {2}\right)",
    "uppergamma_s": r"\partial_{{s}}^{{{0}}} \Gamma\left({1}, {2}\right)",
    "gammainc_a": r"\partial_{{a}}^{{{0}}} P\left({1}, {2}\right)",
    **{
        f"bessel{x}_n": rf"\partial_{{{{n}}}}^{{{{{{0}}}}}} {x.upper()}_{{{{{{1}}}}}}\left({{2}}\right)" for x in "jyik"
    },
    **{name: rf"{sign}_{{{{{{0}}}}}}\left({{1}}\right)" for name, sign in INDEXED.items()},
    "expint_n": r"\partial_{{n}}^{{{0}}} \operatorname{{E}}_{{{1}}}\left({2}\right)",
    "gegenbauer": r"C_{{{0}}}^{{\left({1}\right)}}\left({2}\right)",
    "assoc_laguerre": r"L_{{{0}}}^{{\left({1}\right)}}\left({2}\right)",
}
"""Functions that are no name before an argument."""

SIGNS = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}


def latex_of(tree: Tree) -> str:
    """The LaTeX of a tree, for math mode."""
    pieces: dict[Tree, Piece] = {}
    for node in postorder(tree):
        if node not in pieces:
            pieces[node] = _piece(node, [pieces[part] for part in node.args], pieces)
    return pieces[tree][0]


def _piece(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    for kind, write in _WRITERS.items():
        if isinstance(node, kind):
            return write(node, parts, pieces)
    row = row_of(node)
    name = row.name if row is not None else type(node).__name__
    texts = [text for text, _ in parts]
    if row is not None and name in SHAPES:
        texts += row.defaults[len(texts) - len(row.parameters) :] if len(texts) < len(row.parameters) else ()
        return SHAPES[name].format(*texts), POWER if name in ("exp", "rf", "ff") else ATOM
    if name == "factorial":
        return f"{_enclosed(parts[0], ATOM)}!", POWER
    return f"{_command(name)}\\left({', '.join(texts)}\\right)", ATOM


def _command(name: str) -> str:
    return COMMANDS.get(name, rf"\operatorname{{{name}}}".replace("_", r"\_"))


def _enclosed(piece: Piece, level: int) -> str:
    return piece[0] if piece[1] >= level else rf"\left({piece[0]}\right)"


def _number(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    text = number_text(node)
    if "/" in text:
        return rf"\frac{{{node.p}}}{{{node.q}}}", PRODUCT
    mantissa, _, exponent = text.partition("e")
    if exponent:
        return rf"{mantissa} \cdot 10^{{{exponent}}}", PRODUCT
    return text, SIGN if text[0] == "-" else ATOM


def _product(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    """Factors side by side; what follows a division sign goes under a fraction's bar."""
    positive = negated(node)
    if positive is not None and divisor(positive) is None:
        return f"-{_enclosed(pieces[positive], POWER)}", SIGN
    above: list[Piece] = []
    below: list[Piece] = []
    for factor, piece in zip(node.args, parts, strict=True):
        base = divisor(factor)
        if base is not None:
            below.append(pieces[base])
            continue
        if below:
            above, below = [(_fraction(above, below), ATOM)], []
        above.append(piece)
    return _fraction(above, below) if below else _beside(above), PRODUCT


def _fraction(above: Sequence[Piece], below: Sequence[Piece]) -> str:
    """A fraction, whose minus sign stands before it."""
    top = _beside(above) if above else "1"
    sign = "-" if top[0] == "-" and above[0][1] >= PRODUCT else ""
    return rf"{sign}\frac{{{top.removeprefix(sign)}}}{{{_beside(below)}}}"


def _beside(factors: Sequence[Piece]) -> str:
    """Factors with a thin space or, before a digit, a dot between them; one alone needs no brackets."""
    if len(factors) == 1:
        return factors[0][0]
    text = _enclosed(factors[0], SIGN)
    for factor in factors[1:]:
        written = _enclosed(factor, POWER)
        text += rf" \cdot {written}" if written[0].isdigit() else f" {written}"
    return text


def _power(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    base, exponent = parts
    if node.exp is sympy.S.Half:
        return rf"\sqrt{{{base[0]}}}", ATOM
    row = row_of(node.base)
    if row is not None and row.name not in (*SHAPES, *NO_POWER) and _is_plain_exponent(node.exp):
        command = _command(row.name)
        return f"{command}^{{{exponent[0]}}}{base[0].removeprefix(command)}", POWER
    return f"{_enclosed(base, ATOM)}^{{{exponent[0]}}}", POWER


def _is_plain_exponent(node: Any) -> bool:
    """Whether an exponent may stand at a function's name, where -1 would mean the inverse."""
    return isinstance(node, sympy.Integer) and node.is_positive


def _piecewise(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    rows = r" \\ ".join(text for text, _ in parts)
    return rf"\begin{{cases}} {rows} \end{{cases}}", SUM


def _pair(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    condition = r"\text{otherwise}" if node.cond == sympy.true else rf"\text{{if }} {parts[1][0]}"
    return f"{parts[0][0]} & {condition}", ATOM


def _relation(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    sign = next(sign for sign, kind in RELATIONS.items() if isinstance(node, kind))
    return f"{_enclosed(parts[0], SUM)} {SIGNS[sign]} {_enclosed(parts[1], SUM)}", COMPARISON


def _derivative(node: Any, parts: list[Piece], pieces: Pieces) -> Piece:
    sign = r"\partial" if isinstance(node, PartialDerivative) else "d"
    return rf"\frac{{{sign}}}{{{sign} {parts[1][0]}}}\left[{parts[0][0]}\right]", POWER


_WRITERS: dict[type[Tree], Writer] = {
    sympy.Symbol: lambda node, parts, pieces: (name_latex(node.name), ATOM),
    sympy.Rational: _number,
    type(sympy.E): literally("e"),
    type(sympy.pi): literally(r"\pi"),
    sympy.Add: sum_writer(_enclosed),
    sympy.Mul: _product,
    sympy.Pow: _power,
    sympy.Piecewise: _piecewise,
    ExprCondPair: _pair,
    sympy.core.relational.Relational: _relation,
    sympy.And: joined(r" \text{ and } ", AND, _enclosed),
    sympy.Or: joined(r" \text{ or } ", OR, _enclosed),
    sympy.Not: lambda node, parts, pieces: (rf"\text{{not }} {_enclosed(parts[0], COMPARISON)}", NOT),
    Derivative: _derivative,
    type(sympy.true): literally(r"\text{true}"),
    type(sympy.false): literally(r"\text{false}"),
}
