"""Functions in Julia; special ones are those of the package SpecialFunctions."""

from __future__ import annotations

from types import MappingProxyType

from derivcli.explain.code.dialect import Dialect, plain_literal, raised
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, prepared
from derivcli.explain.code.layout import assigned, commented, indented

KEYWORDS = """
abstract baremodule begin break catch const continue do else elseif end export false finally for function global if
import in isa let local macro module mutable primitive quote return struct true try type using while where pi e im i
print println sum prod abs sign ifelse NaN Inf max min mod rem
""".split()

SAME_NAME = """
sin cos tan sec csc cot asin acos atan asec acsc acot sinh cosh tanh sech csch coth asinh acosh atanh asech acsch acoth
exp exp2 expm1 log log2 log10 log1p sqrt cbrt abs sign floor ceil round trunc hypot mod max min clamp deg2rad rad2deg
""".split()

SPECIAL = """
gamma digamma trigamma polygamma beta erf erfc erfi erfinv erfcinv erfcx besselj bessely besseli besselk airyai airybi
airyaiprime airybiprime zeta
""".split()
"""Functions of SpecialFunctions of the same name."""

JULIA = Dialect(
    title="Julia",
    reserved=frozenset((*KEYWORDS, *SAME_NAME, *SPECIAL, "loggamma", "expint", "sinint", "cosint", "ellipk", "ellipe")),
    functions=MappingProxyType(
        {name: name for name in (*SAME_NAME, *SPECIAL)}
        | {
            "E1": "expint",
            "Ei": "expinti",
            "Ci": "cosint",
            "Si": "sinint",
            "atan2": "atan",
            "bessel_j0": "besselj0",
            "bessel_j1": "besselj1",
            "bessel_y0": "bessely0",
            "bessel_y1": "bessely1",
            "besselj(0)": "besselj0(#2)",
            "besselj(1)": "besselj1(#2)",
            "bessely(0)": "bessely0(#2)",
            "bessely(1)": "bessely1(#2)",
            "dawsn": "dawson",
            "elliptic_e": "ellipe",
            "elliptic_k": "ellipk",
            "expint": "expint",
            "fmod": "rem",
            "gammainc": "first(gamma_inc(#1, #2))",
            "gammaincc": "last(gamma_inc(#1, #2))",
            "loggamma": "loggamma",
            "ndtri": "(-sqrt(2)*erfcinv(2*#1))",
            "polygamma(0)": "digamma(#2)",
            "polygamma(1)": "trigamma(#2)",
            "sincpi": "sinc",
        }
    ),
    power=lambda base, exponent, tree: raised(base, exponent, "^"),
    number=plain_literal,
    constants=MappingProxyType({"pi": "pi", "e": "exp(1)", "nan": "NaN"}),
    times="*",
    over="/",
    choice="#1 ? #2 : #3",
    loop="sum(#1 for #2 in #3.0:#4.0)",
    product_loop="prod(#1 for #2 in #3.0:#4.0)",
    words=MappingProxyType({"and": " && ", "or": " || ", "not": "!", "true": "true", "false": "false"}),
)


def write_julia(plan: FunctionPlan) -> str:
    """A function of numbers that gives several back, and perhaps a call of it."""
    body = prepared(plan, JULIA)
    points = call_points(body)
    lines = function_lines(body)
    lines += call_lines(body, points) if points is not None else []
    text = "\n".join(line for line in lines if not line.startswith("#"))
    special = ("first(gamma_inc", "last(gamma_inc", *_special_names())
    heads = ["using SpecialFunctions", ""] if any(f"{name}(" in text for name in special) else []
    return "\n".join([*heads, *lines]) + "\n"


def _special_names() -> list[str]:
    elementary = {*SAME_NAME}
    heads = (spelling.partition("(")[0] for spelling in JULIA.functions.values())
    return [head for head in heads if head and head not in {*elementary, "first", "last", "rem", "sinc"}]


def function_lines(body: Body) -> list[str]:
    """The lines of the function."""
    lines: list[str] = []
    for name, tree in body.parts:
        lines += assigned(name, body.writer.text(tree))
    lines += [""] if lines else []
    for cell in body.cells:
        lines += assigned(cell.name, body.writer.text(cell.tree))
    back = ", ".join(_returned(each) for each in body.outputs)
    head = f"function {body.name}({', '.join(body.arguments)})"
    return [*commented(body.head, "#"), head, *indented([*lines, f"return {back}"]), "end"]


def _returned(output: Output) -> str:
    if not output.shape:
        return output.name
    if len(output.shape) == 1:
        return f"[{', '.join(cell.name for cell in output.cells)}]"
    return f"[{'; '.join(' '.join(cell.name for cell in row) for row in output.rows)}]"


def call_lines(body: Body, points: CallPoints) -> list[str]:
    """Lines that print what the function gives at points."""
    names = [each.name for each in body.outputs]
    left, row = ", ".join(names), [*points.rows[0]]
    arguments = list(body.arguments)
    if points.sweep is not None:
        sweep = points.sweep
        name = arguments[sweep.place]
        row[sweep.place] = name
        head = f"for {name} in range({sweep.start}, {sweep.stop}, length={sweep.count})"
    else:
        places = [f"({', '.join(each)})" if len(each) > 1 else each[0] for each in points.rows]
        each = f"({', '.join(arguments)})" if len(arguments) > 1 else arguments[0]
        head, row = f"for {each} in [{', '.join(places)}]", arguments
    inner = [f"{left} = {body.name}({', '.join(row)})"]
    inner += [f'println("{name} = ", {name})' for name in names]
    return ["", head, *indented(inner), "end"]
