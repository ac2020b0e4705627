"""What a row of the function table is."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, TypeAlias

SampleInterval = tuple[float, float]

WHOLE: SampleInterval = (0.0, 0.0)

FUNCTION_LETTERS = frozenset("fghFGH")
"""Letters that are functions where a bracket follows, whatever stands in it, with an index perhaps."""

MAX_PRIMES = 3
"""Of a higher order primes are no longer counted but written as a number."""


def is_function_letter(name: str) -> bool:
    """Whether a name is that of a function where a bracket follows."""
    return name.rstrip("0123456789_") in FUNCTION_LETTERS


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language: all that is known of it, but the rules of the interpretations.

    Formulas in a row are written in the language, over the row's parameters.
    """

    name: str
    doc: str
    _: KW_ONLY

    # How it is called
    aliases: tuple[str, ...] = ()
    only_called: tuple[str, ...] = ()
    """Those of its names that are too short to be more than letters where no bracket follows."""
    elsewhere: tuple[str, ...] = ()
    """Names that it has behind the prefix of one library alone, such as `numpy.sinc`."""
    clash: str = ""
    """What another library means by the row's name, for a note where it is typed."""
    parameters: tuple[str, ...] = ("x",)
    defaults: tuple[str, ...] = ()
    """Values of the last parameters where the call leaves them out."""
    variadic: bool = False
    """Takes one argument or more; `derivatives` and `special` then speak of two at a time."""
    alone: str = "x"
    """The value of a variadic function for one argument."""
    others: str | None = None
    """The row that makes one of all arguments but the first, for a variadic function that is not symmetric."""
    whole: tuple[str, ...] = ()
    """Parameters that have to be constant whole numbers, since no derivative in them exists."""
    least: int = 0
    """The least value of those; in formulas, where a term may go on below it, the function is 0 there."""
    constant: tuple[str, ...] = ()
    """Parameters that have to be constant, since the derivative in them is not known here."""
    divisors: tuple[str, ...] = ()
    """Parameters that the function divides by, for which a constant 0 is refused."""
    longer: str | None = None
    """The row that the same name means with more arguments."""

    # What it is
    derivatives_of: str | None = None
    """The row whose derivatives this one names, for a row that is there because no other has them."""
    derivatives_in: tuple[str, ...] = ()
    """Parameters of that row: the first whole numbers of this one say how often it is differentiated by them."""
    sympy: str | None = None
    """The SymPy class that is this function. Without one, a class is made from `derivatives` or `definition`."""
    also: tuple[str, ...] = ()
    """SymPy classes that mean the same but are not built, since their derivative is not ours."""
    definition: str | None = None
    """The rewrite into other functions; a row without one is a primitive."""
    primitive_because: str = ""
    """What a rewrite of a primitive would lose, or that the function is basic."""
    derivatives: tuple[str, ...] | None = None
    elementary: str | None = None
    """What a primitive is in functions that SymPy can prove equalities of."""
    special: tuple[tuple[str, str], ...] = ()
    """Where the function has no ordinary derivative: a name in `flag_table.FLAG_TABLE`, and the condition.

    Programs watch for those of primitives; those of a rewrite follow from it and tell the reader.
    """
    hides_infinite: tuple[str, ...] = ()
    """Parameters that may be infinite, or no number, while the value of a primitive is finite."""
    bounded_slope: bool = False
    """Whether every derivative is bounded, so that PyTorch multiplies nothing infinite by 0."""
    only_zero: bool = False
    """Whether it is 0 at 0 and nowhere else, which solves equations."""
    confused_with: tuple[str, ...] = ()
    """Functions whose derivatives are taken for this one's by mistake."""

    # Where nothing but its name is known
    unknown: bool = False
    """Whether a text uses it without saying what it is, or says so elsewhere: such a row is in no table."""
    orders: tuple[int, ...] = ()
    """How often an unknown function is differentiated in each parameter; () where it is not."""
    free: frozenset[str] = frozenset()
    """What the formula of a function of the user's names besides its parameters."""

    # How others spell it
    floats: Callable[..., float] | None = None
    """The function on Python floats, for constants; raises ValueError or OverflowError off its domain."""
    kernel: Callable[..., Any] | None = None
    """What computes a function of the user's own, tensors in and a tensor out; such a row is in no table."""
    torch: str = ""
    """PyTorch's function of the same arguments, or a text in which `#1`, `#2` stand for them, as in TeX."""
    torch_number: str | None = None
    """The parameter that PyTorch takes as a number alone; for a tensor the definition stands."""
    scipy: str = ""
    """The value by SciPy, NumPy or mpmath, over the parameters, where PyTorch has no accurate derivative.

    A row with both is spelled by PyTorch as long as no second derivative is taken.
    """
    latex: str = ""
    """The command before the bracket, or a text in which `#1`, `#2` stand for the arguments, as in TeX."""
    latex_power: bool = True
    """Whether an exponent may stand at the command."""

    # For the reader and for tests
    defined: str = ""
    """Where the function is defined; everywhere if nothing is said."""
    real_where: str = ""
    """The same as a condition, for a row whose derivatives have values beyond."""
    domain: tuple[SampleInterval, ...] = ((-3.0, 3.0),)
    """For each parameter an interval inside the natural domain, for drawing samples."""

    def __hash__(self) -> int:
        return hash(self.name)

    def __copy__(self) -> Function:
        return self

    def __deepcopy__(self, memo: object) -> Function:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """A row of the user's own with where Python finds its code; rows of the table are pickled by name there."""
        _check_found(self)
        return own_row, ({field.name: getattr(self, field.name) for field in fields(self)},)

    @property
    def head(self) -> str:
        """What stands before the brackets of a call: `f`, `f'`, `f^(4)`, `f^(1,0)`."""
        if len(self.orders) == 1 and self.orders[0] <= MAX_PRIMES:
            return self.name + "'" * self.orders[0]
        return f"{self.name}^({','.join(map(str, self.orders))})" if self.orders else self.name

    @property
    def primitive(self) -> bool:
        """Whether interpretations have a rule for it."""
        return self.definition is None

    @property
    def variables(self) -> tuple[str, ...]:
        """The parameters that a derivative can be taken in."""
        return tuple(name for name in self.parameters if name not in self.whole + self.constant)

    @property
    def arity(self) -> tuple[int, int | None]:
        """The least and the greatest number of arguments; None for any number."""
        if self.variadic:
            return 1, None
        return len(self.parameters) - len(self.defaults), len(self.parameters)

    @property
    def signature(self) -> str:
        """The call as one writes it, for messages and documentation: `elu(x, alpha=1)`."""
        if self.variadic:
            return f"{self.name}({', '.join(self.parameters)}, ...)"
        required = len(self.parameters) - len(self.defaults)
        optional = [f"{p}={d}" for p, d in zip(self.parameters[required:], self.defaults, strict=True)]
        return f"{self.name}({', '.join([*self.parameters[:required], *optional])})"

    @property
    def example(self) -> str:
        """A call with numbers for its whole parameters."""
        order = str(self.least or 1)
        return f"{self.name}({', '.join(order if p in self.whole else p for p in self.parameters)})"


def function(call: str, doc: str, **columns: Any) -> Function:
    """A row by its call as one writes it, with the defaults of its last parameters: `elu(x, alpha=1)`."""
    name, _, parameters = call.removesuffix(")").partition("(")
    parts = [part.partition("=") for part in parameters.split(", ")]
    defaults = tuple(value for _, _, value in parts if value)
    return Function(name, doc, parameters=tuple(part for part, _, _ in parts), defaults=defaults, **columns)


def standard(name: str, doc: str, floats: Callable[..., float], **columns: Any) -> Function:
    """A function that SymPy and PyTorch have by its name."""
    return Function(name, doc, sympy=name, torch=f"torch.{name}", floats=floats, **columns)


def kth_derivative(
    of: str,
    parameters: tuple[str, ...],
    *slopes: str,
    name: str = "",
    primitive_because: str = "basic: no other function is this derivative",
    **columns: Any,
) -> Function:
    """All derivatives of a function in its first parameter; `slopes` are those of the k-th in the other parameters."""
    by, arguments = parameters[0], ", ".join(parameters)
    name = name or f"{of}_{by}"
    return Function(
        name,
        f"The k-th derivative of {of}({arguments})" + (f" in {by}." if slopes else "."),
        derivatives_of=of,
        derivatives_in=(by,),
        primitive_because=primitive_because,
        parameters=("k", *parameters),
        whole=("k",),
        derivatives=("0", f"{name}(k+1, {arguments})", *slopes),
        domain=(WHOLE, *columns.pop("domain")),
        **columns,
    )


Functions: TypeAlias = Mapping[str, Function]
"""Functions of a user's own, by the names that formulas call them by."""
NO_FUNCTIONS: Functions = {}


def own_row(given: Mapping[str, Any]) -> Function:
    """A row that is in no table."""
    return Function(**given)


def _check_found(row: Function) -> None:
    """Refuse to pickle code that Python would not find by its module and its name, as in a function's body."""
    from pickle import PicklingError

    code: Any = getattr(row.kernel, "target", row.kernel)
    name = getattr(code, "__qualname__", "")
    try:
        found = operator.attrgetter(name)(sys.modules[code.__module__])
    except (AttributeError, KeyError):
        found = None
    if found is not code:
        place = f"{getattr(code, '__module__', None)}.{name}"
        message = f"'{row.name}' is code, which is pickled by its place, and Python finds nothing at {place}"
        raise PicklingError(f"{message}: define it at the head of a module")
