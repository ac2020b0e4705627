"""Functions in Fortran 2008: a pure subroutine in a module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import sympy

from derivcli.explain.code.dialect import Dialect, float_literal
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import SPACES, assigned, commented, indented, wrapped
from derivcli.language.bound_variables import Binder, Summation, free_symbols
from derivcli.language.printer import ATOM, POWER, Piece, enclosed

SAME_NAME = """
sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp log log10 sqrt abs hypot gamma erf erfc
""".split()

WORDS = """
dp real64 pi nan points i real sign mod modulo int aint nint floor ceiling log_gamma bessel_j0 bessel_j1
bessel_jn bessel_y0 bessel_y1 bessel_yn erfc_scaled max min ieee_value ieee_quiet_nan demo c_double
""".split()

LIBM = ("cbrt", "expm1", "log1p", "log2", "exp2")
"""Functions of C's library that Fortran has no intrinsic for."""

FORTRAN = Dialect(
    title="Fortran",
    reserved=frozenset((*WORDS, *SAME_NAME, *LIBM)),
    functions=MappingProxyType(
        {name: name for name in (*SAME_NAME, *LIBM)}
        | {
            "bessel_j0": "bessel_j0",
            "bessel_j1": "bessel_j1",
            "bessel_y0": "bessel_y0",
            "bessel_y1": "bessel_y1",
            "besselj": "bessel_jn(%1, #2)",
            "besselj(0)": "bessel_j0(#2)",
            "besselj(1)": "bessel_j1(#2)",
            "bessely": "bessel_yn(%1, #2)",
            "bessely(0)": "bessel_y0(#2)",
            "bessely(1)": "bessel_y1(#2)",
            "ceil": "real(ceiling(#1), dp)",
            "erfcx": "erfc_scaled",
            "floor": "real(floor(#1), dp)",
            "fmod": "mod(#1, #2)",
            "loggamma": "log_gamma",
            "mod": "modulo(#1, #2)",
            "trunc": "aint",
        }
    ),
    power=lambda base, exponent, tree: _power(base, exponent, tree),
    number=lambda value: _number(value),
    constants=MappingProxyType({"pi": "pi", "e": "exp(1.0_dp)", "nan": "nan"}),
    times="*",
    over="/",
    words=MappingProxyType(
        {"and": " .and. ", "or": " .or. ", "not": ".not. ", "true": ".true.", "false": ".false.", "!=": "/="}
    ),
    ignores_case=True,
)


def _number(value: Fraction) -> Piece:
    text, level = float_literal(value, "_dp")
    return text.replace(" / ", "/"), level


def _power(base: Piece, exponent: Piece, tree: Any) -> Piece:
    if tree.exp.is_Integer and abs(tree.exp) < 1000:
        return f"{enclosed(base, ATOM)}**{tree.exp if tree.exp >= 0 else f'({tree.exp})'}", POWER
    return f"{enclosed(base, ATOM)}**{enclosed(exponent, ATOM)}", POWER


def write_fortran(plan: FunctionPlan) -> str:
    """A module with a subroutine of numbers, and perhaps a program that calls it."""
    body = prepared(plan, FORTRAN, [f"{plan.name}_module"])
    points = call_points(body)
    lines = function_lines(body)
    used = "\n".join(line for line in lines if not line.lstrip().startswith("!"))
    module = f"{body.name}_module"
    heads = [f"module {module}", f"{SPACES}use, intrinsic :: iso_fortran_env, only: dp => real64"]
    if _has(used, "nan"):
        heads.append(f"{SPACES}use, intrinsic :: ieee_arithmetic, only: ieee_value, ieee_quiet_nan")
    heads += [f"{SPACES}implicit none", f"{SPACES}private", f"{SPACES}public :: {body.name}"]
    if _has(used, "pi"):
        heads.append(f"{SPACES}real(dp), parameter :: pi = acos(-1.0_dp)")
    libm = [name for name in LIBM if _has(used, name)]
    if libm:
        heads += ["", f"{SPACES}interface  ! functions of C's library"]
        for name in libm:
            heads += indented(
                [
                    f'pure real(c_double) function {name}(x) bind(c, name="{name}")',
                    f"{SPACES}use, intrinsic :: iso_c_binding, only: c_double",
                    f"{SPACES}real(c_double), intent(in), value :: x",
                    f"end function {name}",
                ],
                2,
            )
        heads.append(f"{SPACES}end interface")
    text = [*heads, "contains", *indented(lines), f"end module {module}"]
    text += main_lines(body, points, module) if points is not None else []
    return "\n".join(text) + "\n"


def _has(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


def _continued(target: str, text: str) -> list[str]:
    return assigned(target, text, "", " &")


def function_lines(body: Body) -> list[str]:
    """The lines of the subroutine."""
    outputs = [_spot(each, each.shape) for each in body.outputs]
    names = [*body.arguments, *(each.name for each in body.outputs)]
    local = [name for name, _ in body.parts]
    lines: list[str] = []
    for name, tree in body.parts:
        lines += statement(body, name, tree)
    loops = [tree.args for _, tree in body.parts if isinstance(tree, Binder)]
    indices = dict.fromkeys(index.name for term, index, *_ in loops if index in free_symbols(term))
    lines += [""] if lines else []
    for output in body.outputs:
        lines += _filled(body, output)
    declared = [
        *wrapped("real(dp), intent(in) :: ", ", ".join(body.arguments)),
        f"real(dp), intent(out) :: {', '.join(outputs)}",
        *(_listed("real(dp) :: ", [*local, *indices])),
        *(["integer :: i"] if loops else []),
    ]
    if any("nan" in line.split() or line.endswith("= nan") for line in lines):
        declared.append("real(dp) :: nan")
        lines = ["nan = ieee_value(1.0_dp, ieee_quiet_nan)", *lines]
    head = f"pure subroutine {body.name}({', '.join(names)})"
    return [
        *commented(body.head, "!"),
        head,
        *indented([*declared, "", *lines]),
        f"end subroutine {body.name}",
    ]


def _listed(start: str, names: Sequence[str]) -> list[str]:
    """The declarations of names, as many in a line as it takes."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 80:
            lines[-1] += f", {name}"
        else:
            lines.append(start + name)
    return lines


def statement(body: Body, name: str, tree: Any) -> list[str]:
    """The lines that compute a part: an assignment, a choice, or a loop."""
    if isinstance(tree, sympy.Piecewise):
        return _choice(body, name, tree)
    if not isinstance(tree, Binder):
        return _continued(name, body.writer.text(tree))
    term, index, first, last = tree.args
    text, is_sum = body.writer.text(term), isinstance(tree, Summation)
    start, added = ("0.0_dp", f"{name} + ") if is_sum else ("1.0_dp", f"{name}*")
    added += text if is_sum and text[0] != "-" else f"({text})"
    index_line = [f"{index.name} = real(i, dp)"] if index in free_symbols(term) else []
    return [
        f"{name} = {start}",
        f"do i = {first}, {last}",
        *indented([*index_line, *_continued(name, added)]),
        "end do",
    ]


def _choice(body: Body, name: str, tree: Any) -> list[str]:
    lines: list[str] = []
    for pair in tree.args:
        value = indented(_continued(name, body.writer.text(pair.expr)))
        if pair.cond == sympy.true:
            return [*lines, "else", *value, "end if"]
        lines += [f"{'else ' if lines else ''}if ({body.writer.text(pair.cond)}) then", *value]
    return [*lines, "else", f"{SPACES}{name} = nan", "end if"]


def _spot(output: Output, place: Sequence[int]) -> str:
    """A number of an output, counted from 1."""
    return output.name + (f"({', '.join(str(each) for each in place)})" if place else "")


def _filled(body: Body, output: Output) -> list[str]:
    lines: list[str] = []
    done: dict[str, str] = {}
    for place, cell in output.placed:
        target = _spot(output, [each + 1 for each in place])
        known = done.get(cell.name)
        made = statement(body, target, cell.tree) if known is None else [f"{target} = {known}"]
        done.setdefault(cell.name, target)
        if output.shape:
            spot = 0 if made[0].startswith("if ") else -1
            made[spot] += f"  ! {cell.label}"
        lines += made
    return lines


def main_lines(body: Body, points: CallPoints, module: str) -> list[str]:
    """A program that prints what the subroutine gives at points."""
    outputs = [_spot(each, each.shape) for each in body.outputs]
    given = [each.name for each in body.outputs]
    lines = [f"use {module}, only: {body.name}", "implicit none", f"real(dp) :: {', '.join(outputs)}"]
    lines.insert(0, "use, intrinsic :: iso_fortran_env, only: dp => real64")
    if any("pi" in number for row in points.rows for number in row):
        lines.append("real(dp), parameter :: pi = acos(-1.0_dp)")
    shown = [
        f'print *, "{cell.label} =", {_spot(output, [each + 1 for each in place])}'
        for output in body.outputs
        for place, cell in output.placed
    ]
    if points.sweep is None and len(points.rows) == 1:
        calls = [f"call {body.name}({', '.join([*points.rows[0], *given])})", *shown]
    elif points.sweep is None:
        size = f"{len(body.arguments)}, {len(points.rows)}"
        numbers = ", ".join(number for row in points.rows for number in row)
        lines += wrapped(f"real(dp), parameter :: points({size}) = reshape([", f"{numbers}], [{size}])", "", " &")
        lines.append("integer :: i")
        row = [f"points({place}, i)" for place in range(1, len(body.arguments) + 1)]
        inner = [f"call {body.name}({', '.join([*row, *given])})", *shown]
        calls = [f"do i = 1, {len(points.rows)}", *indented(inner), "end do"]
    else:
        name = body.arguments[points.sweep.place]
        lines += [f"real(dp) :: {name}", "integer :: i"]
        inner = [f"{name} = {points.sweep.at('i')}", f'print *, "{name} =", {name}']
        inner += [f"call {body.name}({', '.join([*points.moved(name), *given])})", *shown]
        calls = [f"do i = 0, {points.sweep.count - 1}", *indented(inner), "end do"]
    return ["", "program demo", *indented([*lines, "", *calls]), "end program demo"]
