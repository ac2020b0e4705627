"""The calls that the parser reads by rules of their own, since their arguments are more than numbers.

How each is put together stands in `form_calls.py`, by the names here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Form:
    """One such call: its names, how it is written, and which of its arguments are conditions or pairs."""

    name: str
    doc: str
    example: str
    """A call as one writes it."""
    aliases: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Names that it has behind the prefix of one library alone, such as `torch.gt`."""
    only_called: bool = False
    """Whether its names are those of variables where no bracket follows."""
    count: int | None = None
    """How many arguments it takes; None for any number."""
    conditions: int = 0
    """How many of the first arguments are conditions; -1 for all."""
    yields: bool = True
    """Whether a function of the user's own may have one of its names."""
    tuples: bool = False
    """Whether several arguments behind the first may stand in a bracket of their own, `(x, 2)`."""
    pairs: bool = False
    """Whether its arguments are pairs of a value and its condition."""
    binds: str = ""
    """What the variable is called that it binds: the second argument, which means something in the first alone."""

    def is_condition(self, place: int) -> bool:
        """Whether the argument at a place, from 0, is a condition."""
        return self.conditions < 0 or place < self.conditions


def _relation(name: str, long: str, numpy: str) -> Form:
    """A comparison as SymPy, NumPy and PyTorch write it."""
    elsewhere = (f"numpy.{numpy}", f"torch.{numpy}", f"torch.{name.lower()}")
    return Form(name, "a condition", f"{name}(x, 0)", aliases=(long,), elsewhere=elsewhere, only_called=True, count=2)


def _junction(name: str, example: str, count: int | None = None) -> Form:
    """Conditions joined, as SymPy and NumPy write it."""
    numpy = f"logical_{name.lower()}"
    return Form(name, "a condition", example, aliases=(numpy,), only_called=True, conditions=-1, count=count)


def _operation(name: str, count: int | None, *aliases: str, elsewhere: tuple[str, ...] = ()) -> Form:
    """An operation that programs call as a function."""
    example = f"{name}({', '.join(('x', '2')[:count])})"
    return Form(name, "an operation", example, aliases, elsewhere, only_called=True, count=count)


FORMS: tuple[Form, ...] = (
    Form(
        "Piecewise",
        "a choice",
        "Piecewise((x**2, x > 0), (0, True))",
        aliases=("piecewise",),
        yields=False,
        pairs=True,
    ),
    Form("where", "a choice", "where(x > 0, x**2, 0)", yields=False, conditions=1, count=3),
    Form("if", "a choice", "if(x > 0, x**2, 0)", yields=False, conditions=1, count=3),
    Form("ITE", "a choice", "ITE(x > 0, x**2, 0)", aliases=("ite", "IF"), only_called=True, conditions=1, count=3),
    _relation("Eq", "Equality", "equal"),
    _relation("Ne", "Unequality", "not_equal"),
    _relation("Gt", "StrictGreaterThan", "greater"),
    _relation("Ge", "GreaterThan", "greater_equal"),
    _relation("Lt", "StrictLessThan", "less"),
    _relation("Le", "LessThan", "less_equal"),
    _junction("And", "And(x > 0, x < 1)"),
    _junction("Or", "Or(x < 0, x > 1)"),
    _junction("Not", "Not(x > 0)", count=1),
    _junction("Xor", "Xor(x > 0, y > 0)", count=2),
    Form(
        "diff",
        "a derivative",
        "diff(x**2, x)",
        aliases=("Diff", "differentiate", "Derivative", "derivative"),
        tuples=True,
    ),
    Form("D", "a derivative", "D(x**2, x)", tuples=True),
    _operation("add", None, "Add"),
    _operation("multiply", None, "Mul", "mul"),
    _operation("subtract", 2, "sub"),
    _operation("divide", 2, "true_divide", "div", "Rational"),
    _operation("floor_divide", 2),
    _operation("negative", 1, "neg"),
    _operation("positive", 1, "Integer", elsewhere=("torch.tensor", "numpy.array", "numpy.float64")),
    _operation("square", 1),
    _operation("reciprocal", 1),
    _operation("rsqrt", 1),
    _operation("exp10", 1),
    _operation("zeros_like", 1),
    _operation("ones_like", 1),
    Form("sum", "a sum over an index", "sum(k*x**k, k, 1, 5)", aliases=("Sum", "summation"), binds="index"),
    Form("product", "a product over an index", "product(x + k, k, 1, 5)", aliases=("Product", "prod"), binds="index"),
    Form(
        "integral",
        "an integral with bounds",
        "integral(exp(-t**2), t, 0, x)",
        aliases=("Integral", "integrate"),
        binds="variable",
    ),
)


@cache
def forms() -> dict[str, Form]:
    """Every name of such a call with its row."""
    return {name: form for form in FORMS for name in (form.name, *form.aliases)}


def reserved_names() -> frozenset[str]:
    """The names of forms that no function of the user's own may have."""
    return frozenset(name for name, form in forms().items() if not form.yields)
