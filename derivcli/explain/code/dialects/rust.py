"""Functions in Rust; what its standard library lacks is in the crate libm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from derivcli.explain.code.dialect import Dialect, FormulaText, float_literal
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import MOST, SPACES, assigned, commented, indented, wrapped
from derivcli.language.bound_variables import Binder, Summation, free_symbols
from derivcli.language.printer import Piece
from derivcli.language.tree import Tree

KEYWORDS = """
abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in
let loop macro match mod move mut override priv pub ref return self Self static struct super trait true try type typeof
unsafe unsized use virtual where while yield PI E main libm std f64 f32 i j points union
None Some Ok Err
""".split()

METHODS = """
sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh exp exp2 log2 log10 sqrt cbrt floor ceil trunc abs
""".split()

RUST = Dialect(
    title="Rust",
    reserved=frozenset(KEYWORDS),
    functions=MappingProxyType(
        {name: f"#1.{name}()" for name in METHODS}
        | {
            "atan2": "#1.atan2(#2)",
            "bessel_j0": "libm::j0",
            "bessel_j1": "libm::j1",
            "bessel_y0": "libm::y0",
            "bessel_y1": "libm::y1",
            "besselj": "libm::jn(%1, #2)",
            "besselj(0)": "libm::j0(#2)",
            "besselj(1)": "libm::j1(#2)",
            "bessely": "libm::yn(%1, #2)",
            "bessely(0)": "libm::y0(#2)",
            "bessely(1)": "libm::y1(#2)",
            "erf": "libm::erf",
            "erfc": "libm::erfc",
            "expm1": "#1.exp_m1()",
            "fmod": "#1 % #2",
            "gamma": "libm::tgamma",
            "hypot": "#1.hypot(#2)",
            "log": "#1.ln()",
            "log1p": "#1.ln_1p()",
            "loggamma": "libm::lgamma",
            "round": "#1.round_ties_even()",
        }
    ),
    power=lambda base, exponent, tree: _power(base, exponent, tree),
    number=float_literal,
    constants=MappingProxyType({"pi": "PI", "e": "E", "nan": "f64::NAN"}),
    words=MappingProxyType({"and": " && ", "or": " || ", "not": "!", "true": "true", "false": "false"}),
    choice="if #1 { #2 } else { #3 }",
    number_type="f64",
)

MAX_REPEATED = 8
"""Powers up to this one are products; the products of larger ones add up their rounding."""


def _power(base: Piece, exponent: Piece, tree: Any) -> Piece:
    whole = tree.exp.is_Integer and abs(tree.exp) <= MAX_REPEATED
    return FormulaText(RUST, {}).filled("#1.powi(%2)" if whole else "#1.powf(#2)", [base, exponent], tree.args)


def write_rust(plan: FunctionPlan) -> str:
    """A function of numbers that gives a tuple back, and perhaps a program that calls it."""
    body = prepared(plan, RUST)
    points = call_points(body)
    lines = function_lines(body)
    lines += main_lines(body, points) if points is not None else []
    text = "\n".join(lines)
    used = [name for name in ("E", "PI") if _uses(text, name)]
    heads = ['// Cargo.toml: libm = "0.2"'] if "libm::" in text else []
    if used:
        listed = f"{{{', '.join(used)}}}" if len(used) > 1 else used[0]
        heads += [f"use std::f64::consts::{listed};", ""]
    return "\n".join([*heads, text]) + "\n"


def _uses(text: str, name: str) -> bool:
    return any(re.search(rf"\b{name}\b", line) for line in text.split("\n") if not line.startswith("//"))


def function_lines(body: Body) -> list[str]:
    """The lines of the function."""
    inputs = ", ".join(f"{name}: f64" for name in body.arguments)
    types = [_type(each) for each in body.outputs]
    lines: list[str] = []
    for name, tree in body.parts:
        lines += _loop(body, name, tree) if isinstance(tree, Binder) else _bound(body, name, tree)
    lines += [""] if lines else []
    for output in body.outputs:
        lines += _output(body, output)
    names = [each.name for each in body.outputs]
    lines.append(_tuple(names))
    head = [f"/// `{line}`" for line in body.plan.lines]
    head += commented([*body.plan.remarks, *body.renamed], "///")
    return [*head, *_allowed(body), f"pub fn {body.name}({inputs}) -> {_tuple(types)} {{", *indented(lines), "}"]


def _allowed(body: Body) -> list[str]:
    """The attribute of functions in which names have capitals, as those of variables may."""
    names = [body.name, *body.arguments, *body.indices, *(name for name, _ in body.parts)]
    return ["#[allow(non_snake_case)]"] if any(name != name.lower() for name in names) else []


def _bound(body: Body, name: str, tree: Tree) -> list[str]:
    return assigned(f"let {name}{_type_of(body, tree)}", body.writer.text(tree), ";")


def _type_of(body: Body, tree: Tree) -> str:
    """The type of a name whose number has none of its own."""
    return ": f64" if body.writer.is_untyped(tree) else ""


def _loop(body: Body, name: str, tree: Any) -> list[str]:
    term, index, first, last = tree.args
    used = index in free_symbols(term)
    start, sign = ("0.0", "+") if isinstance(tree, Summation) else ("1.0", "*")
    return [
        f"let mut {name}{_type_of(body, term)} = {start};",
        f"for {'i' if used else '_'} in {first}..={last} {{",
        *([f"{SPACES}let {index.name} = f64::from(i);"] if used else []),
        *indented(wrapped(f"{name} {sign}= ", body.writer.text(term), ";")),
        "}",
    ]


def _type(output: Output) -> str:
    text = "f64"
    for size in reversed(output.shape):
        text = f"[{text}; {size}]"
    return text


def _output(body: Body, output: Output) -> list[str]:
    if not output.shape:
        return _bound(body, output.name, output.cells[0].tree)
    lines = [f"let {output.name} = ["]
    for cells in output.rows:
        items = [f"{body.writer.text(cell.tree)}, // {cell.label}" for cell in cells]
        lines += indented(["[", *indented(items), "],"] if len(output.shape) > 1 else items)
    return [*lines, "];"]


def main_lines(body: Body, points: CallPoints) -> list[str]:
    """A program that prints what the function gives at points."""
    names, arguments = [each.name for each in body.outputs], list(body.arguments)
    if points.sweep is None:
        rows = [_tuple(row) for row in points.rows]
        loop, inner = [f"for {_tuple(arguments)} in [{', '.join(rows)}] {{"], []
        if len(loop[0]) > MOST:
            loop = [f"for {_tuple(arguments)} in [", *indented([f"{row}," for row in rows]), "] {"]
    else:
        name = arguments[points.sweep.place]
        loop, arguments = [f"for i in 0..{points.sweep.count} {{"], points.moved(name)
        inner = [f"let {name} = {points.sweep.at('f64::from(i)')};", f'println!("{name} = {{{name}}}");']
    inner.append(f"let {_tuple(names)} = {body.name}({', '.join(arguments)});")
    for output in body.outputs:
        for place, cell in output.placed:
            spot = "".join(f"[{each}]" for each in place)
            inner.append(f'println!("{cell.label} = {{}}", {output.name}{spot});')
    return ["", *_allowed(body), "fn main() {", *indented([*loop, *indented(inner), "}"]), "}"]


def _tuple(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"
