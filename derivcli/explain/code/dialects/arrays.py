"""Functions of arrays in Python: in NumPy with SciPy, and in JAX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import sympy

from derivcli.explain.code.common_parts import is_total
from derivcli.explain.code.data_columns import ARROW
from derivcli.explain.code.dialect import Dialect, plain_literal
from derivcli.explain.code.function_plan import Body, CallPoints, FunctionPlan, Output, call_points, number_at, prepared
from derivcli.explain.code.layout import SPACES, assigned, indented
from derivcli.explain.code.script_names import PYTHON
from derivcli.language.functions.table import FUNCTIONS
from derivcli.language.printer import ATOM, POWER, SIGN, Piece, enclosed
from derivcli.language.tree import Tree, postorder

WORDS = MappingProxyType({"and": " & ", "or": " | ", "not": "~", "true": "True", "false": "False", "tight": "1"})

UNIVERSAL = {
    **{name: name for name in "sin cos tan sinh cosh tanh exp exp2 expm1 log log2 log10 log1p sqrt cbrt".split()},
    **{f"a{name}": f"arc{name}" for name in "sin cos tan sinh cosh tanh tan2".split()},
    **{name: name for name in "abs sign floor ceil trunc round hypot deg2rad rad2deg fmod mod".split()},
    "max": "maximum",
    "min": "minimum",
    "heaviside": "heaviside(#1, 0.5)",
}
"""Functions that both have, with their names."""


def _universal(module: str) -> dict[str, str]:
    return {name: f"{module}.{called}" for name, called in UNIVERSAL.items()}


def _power(base: Piece, exponent: Piece, tree: Any) -> Piece:
    written = exponent[0] if exponent[1] == SIGN and exponent[0][1:].isdigit() else enclosed(exponent, ATOM)
    return f"{enclosed(base, ATOM)}**{written}", POWER


def _dialect(title: str, module: str, functions: dict[str, str]) -> Dialect:
    return Dialect(
        title=title,
        reserved=frozenset((*PYTHON, module, "jax", "special", "sp", "partial")),
        functions=MappingProxyType(functions),
        power=_power,
        number=plain_literal,
        constants=MappingProxyType({"pi": f"{module}.pi", "e": f"{module}.e", "nan": f"{module}.nan"}),
        words=WORDS,
        reads_files=True,
        choice=f"{module}.where(#1, #2, #3)",
        loop="sum(#1 for #2 in range(#3, #5))",
        product_loop="math.prod(#1 for #2 in range(#3, #5))",
    )


def _special(text: str) -> str:
    """The spelling of a row by SciPy, over the parameters."""
    return text.replace("scipy.special.", "special.")


def _by_scipy() -> dict[str, str]:
    """The spellings that the function table has, over the places of arguments."""
    found = {}
    for row in FUNCTIONS:
        if row.scipy.startswith("scipy.special."):
            text = re.sub(r"max\((\w+), 0\)", r"\1", row.scipy)
            for place, name in enumerate(row.parameters, 1):
                text = re.sub(rf"(?<![\w.]){name}\b", f"#{place}", text)
            found[row.name] = _special(text)
    return found


NUMPY = _dialect(
    "NumPy",
    "np",
    _by_scipy()
    | {
        "erf": "special.erf",
        "erfc": "special.erfc",
        "erfinv": "special.erfinv",
        "erfcx": "special.erfcx",
        "entr": "special.entr",
        "log_ndtr": "special.log_ndtr",
        "logit": "special.logit",
        "logsumexp": "np.logaddexp",
        "ndtr": "special.ndtr",
        "ndtri": "special.ndtri",
        "sigmoid": "special.expit",
        "sincpi": "np.sinc",
        "softplus": "np.logaddexp(0, #1)",
        "xlog1py": "special.xlog1py",
        "xlogy": "special.xlogy",
        "zeta": "special.zeta",
        "digamma": "special.digamma",
        "polygamma(0)": "special.digamma(#2)",
        "expint": "special.expn(%1, #2)",
        "ive_x(0)": "special.ive(#2, #3)",
        "kve_x(0)": "special.kve(#2, #3)",
        "bessel_j0": "special.j0",
        "bessel_j1": "special.j1",
        "bessel_y0": "special.y0",
        "bessel_y1": "special.y1",
        "besselj(0)": "special.j0(#2)",
        "besselj(1)": "special.j1(#2)",
        "bessely(0)": "special.y0(#2)",
        "bessely(1)": "special.y1(#2)",
    }
    | _universal("np"),
)

JAX_SPECIAL = """
dawsn erf erfc erfcx erfinv digamma gammainc gammaincc entr log_ndtr logit ndtr ndtri xlog1py xlogy zeta beta i0e i1e
""".split()

JAX = _dialect(
    "JAX",
    "jnp",
    {name: f"special.{name}" for name in JAX_SPECIAL}
    | {
        "E1": "special.exp1",
        "Ei": "special.expi",
        "Ci": "special.sici(#1)[1]",
        "Si": "special.sici(#1)[0]",
        "fresnelc": "special.fresnel(#1)[1]",
        "fresnels": "special.fresnel(#1)[0]",
        "expint": "special.expn(%1, #2)",
        "gamma": "special.gamma",
        "loggamma": "special.gammaln",
        "logsumexp": "jnp.logaddexp",
        "modified_bessel_i0": "special.i0",
        "modified_bessel_i1": "special.i1",
        "besseli(0)": "special.i0(#2)",
        "besseli(1)": "special.i1(#2)",
        "polygamma": "special.polygamma",
        "polygamma(0)": "special.digamma(#2)",
        "sigmoid": "jax.nn.sigmoid",
        "sincpi": "jnp.sinc",
        "softplus": "jnp.logaddexp(0, #1)",
    }
    | _universal("jnp"),
)


def write_numpy(plan: FunctionPlan) -> str:
    """A function of arrays in NumPy, and perhaps a call of it."""
    return _written(plan, NUMPY, "np", "import numpy as np", "")


def write_jax(plan: FunctionPlan) -> str:
    """A compiled function of arrays in JAX, and perhaps a call of it."""
    return _written(plan, JAX, "jnp", "import jax\nimport jax.numpy as jnp", "@jax.jit")


def _written(plan: FunctionPlan, dialect: Dialect, module: str, imports: str, decorator: str) -> str:
    body = prepared(plan, dialect)
    points = call_points(body)
    lines = function_lines(body, module, decorator)
    call = call_lines(body, points, module) if points is not None or plan.columns is not None else []
    text = "\n".join([*lines, *call])
    heads = ["import math\n"] if "math." in text else []
    heads += [imports, *(["import numpy as np"] if module != "np" and "np.loadtxt" in text else [])]
    heads += [f"import {name}" for name in ARROW if f"{name}." in text]
    if "special." in text:
        heads.append("from scipy import special" if module == "np" else "from jax.scipy import special")
    if module == "jnp":
        heads.append('\njax.config.update("jax_enable_x64", True)  # float64, of which JAX has float32 by default')
    return "\n".join([*heads, "", "", text]) + "\n"


def function_lines(body: Body, module: str, decorator: str) -> list[str]:
    """The lines of the function."""
    arguments = ", ".join(body.arguments)
    trees = [*(tree for _, tree in body.parts), *(cell.tree for cell in body.cells)]
    lines = [decorator] if decorator else []
    if module == "np" and _may_warn(trees):
        lines.append('@np.errstate(all="ignore")  # np.where computes every branch, also where it is not taken')
    lines.append(f"def {body.name}({arguments}):")
    what = " and ".join(output.name for output in body.outputs)
    axes = ", vectors on the last axis" if any(output.shape for output in body.outputs) else ""
    lines += indented([f'"""The {what} at each point of arrays{axes}.', "", *body.head, '"""'])
    inner = _as_arrays(body, module)
    for name, tree in body.parts:
        inner += assigned_python(name, body.writer.text(tree))
    inner.append("")
    for cell in body.cells:
        inner += assigned_python(cell.name, _full(body, cell.tree, module))
    for output in body.outputs:
        inner += _stacked(output, module)
    return [*lines, *indented([*inner, f"return {', '.join(output.name for output in body.outputs)}"])]


def _as_arrays(body: Body, module: str) -> list[str]:
    names = ", ".join(body.arguments)
    if len(body.arguments) == 1:
        return [f"{names} = {module}.asarray({names}, dtype=float)"]
    return [f"{names} = ({module}.asarray(each, dtype=float) for each in {module}.broadcast_arrays({names}))"]


def _may_warn(trees: Sequence[Tree]) -> bool:
    """Whether a branch that is not taken may have no value."""
    choices = [node for tree in trees for node in postorder(tree) if isinstance(node, sympy.Piecewise)]
    return any(not is_total(pair.expr) for node in choices for pair in node.args)


def _full(body: Body, tree: Tree, module: str) -> str:
    """A number as an array where it depends on no argument."""
    text = body.writer.text(tree)
    if any(part.is_Symbol for part in postorder(tree)):
        return text
    return f"{module}.full_like({body.arguments[0]}, {text})"


def _stacked(output: Output, module: str) -> list[str]:
    """The lines that put a vector or a matrix together."""
    if not output.shape:
        return []
    rows = [f"{module}.stack([{', '.join(cell.name for cell in row)}], axis=-1)" for row in output.rows]
    if len(output.shape) == 1:
        return [f"{output.name} = {rows[0]}"]
    lines = [f"{SPACES}{row}," for row in rows]
    return [f"{output.name} = {module}.stack(", *indented(["[", *lines, "],", "axis=-2,"]), ")"]


def assigned_python(name: str, text: str) -> list[str]:
    """The lines of an assignment, in brackets where they are several."""
    lines = assigned(name, text)
    if len(lines) == 1:
        return lines
    first, _, rest = lines[0].partition(" = ")
    return [f"{first} = (", *([SPACES + rest] if rest else []), *lines[1:], ")"]


def call_lines(body: Body, points: CallPoints | None, module: str) -> list[str]:
    """Lines that print what the function gives at points."""
    lines: list[str] = []
    columns = body.plan.columns
    if columns is not None:
        lines += columns.lines(body.names)
        typed = [name for name in body.plan.arguments if name not in columns.headers]
        given = [number_at(body, name) if name in typed else "" for name in body.plan.arguments]
    elif points is None:
        return []
    elif points.sweep is not None:
        sweep = points.sweep
        given = [*points.rows[0]]
        given[sweep.place] = f"{module}.linspace({sweep.start}, {sweep.stop}, {sweep.count})"
    elif len(points.rows) == 1:
        given = [*points.rows[0]]
    else:
        given = [f"{module}.array([{', '.join(column)}])" for column in zip(*points.rows, strict=True)]
    for name, values in zip(body.arguments, given, strict=True):
        lines += [f"{name} = {values}"] if values else []
    names = [output.name for output in body.outputs]
    lines.append(f"{', '.join(names)} = {body.name}({', '.join(body.arguments)})")
    lines += [f'print("{name} =", {name})' for name in names]
    return ["", "", 'if __name__ == "__main__":', *indented(lines)]
