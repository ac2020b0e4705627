"""What quantities are called: plainly for programs, in signs for people, in LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from derivcli.language.functions.row import MAX_PRIMES
from derivcli.language.lexer.tokens import GREEK_NAMES
from derivcli.result import Partial
from derivcli.vector_operators import VECTOR_OPERATORS

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

SIGNS = {"partial": "∂", "total": "d"}

SPREADS = {"sigma": r"u", "bias": r"\mathrm{bias}", "low": r"\min ", "high": r"\max ", "linear": r"\text{linear}"}
"""What is told of the uncertainty of a function, and how LaTeX has it."""

ELASTICITY = "elasticity"
"""The notation of x/f df/dx."""

SHARE, SHARE_OF = "share", "share of"
"""The notations of the share of an input, of the only function and of one of several."""


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a column: a variable, a function, or a derivative of a function.

    `notation` is "prime" where the function has one variable, "partial" where it has several, "total" for a
    variable that an equation makes a function of one other, "along" for a derivative along a direction, and the name of
    an operator of vector calculus for what that makes of it, whose component `partial` ends with. Of uncertainties it
    is one of SPREADS, SHARE or SHARE_OF.
    """

    function: str
    partial: Partial = ()
    notation: str = "prime"

    @property
    def order(self) -> int:
        """How many times the function is differentiated."""
        return len(self.partial)

    @property
    def plain(self) -> str:
        """For machines: `x`, `f`, `df/dx`, `d3f/dx2dy`, `D2f`, `sigma f`, `share x`."""
        if self.notation in SPREADS:
            return f"{self.notation} {self.function}"
        if self.notation in (SHARE, SHARE_OF):
            of = f"{self.function}," if self.notation == SHARE_OF else ""
            return f"share {of}{self.partial[0]}"
        if self.notation == ELASTICITY:
            return f"elasticity {self.function} by {self.partial[0]}"
        if self.notation == "along" or self.notation in VECTOR_OPERATORS:
            return self.shown(unicode=False)
        return self._quotient("d", str) if self.partial else self.function

    def shown(self, unicode: bool = True) -> str:
        """For people: `f'`, `∂³f/∂x²∂y` where there are several variables, `d²y/dx²` or `D²f`."""
        if self.notation == "sigma":
            return f"± {self.function}" if unicode else f"+- {self.function}"
        if self.notation in SPREADS or self.notation in (SHARE, SHARE_OF, ELASTICITY):
            return self.plain
        if not self.partial:
            return self.function
        if self.notation in VECTOR_OPERATORS:
            return self._operated(self.function, int(unicode), "({})_{}")
        if self.notation == "along":
            return f"D{_power(self.order, raised if unicode else str)}{_in_brackets(self.function)}"
        if self.notation == "prime" and (unicode or self.order <= MAX_PRIMES):
            return self.function + ("'" * self.order if self.order <= MAX_PRIMES else f"⁽{raised(self.order)}⁾")
        return self._quotient(SIGNS[self.notation], raised) if unicode else self.plain

    def equation(self, unicode: bool = True) -> str:
        """For the left side of an equation: `f'(x)`, or `∂f/∂u`."""
        return self.shown(unicode) + (f"({self.partial[0]})" if self._has_argument else "")

    @property
    def latex(self) -> str:
        """`shown` in LaTeX."""
        name = _total_latex(self.function)
        if self.notation == ELASTICITY:
            return rf"\varepsilon_{{{name_latex(self.partial[0])}}}({name})"
        if self.notation in SPREADS:
            return f"{SPREADS[self.notation]}({name})"
        if not self.partial:
            return name
        if self.notation in VECTOR_OPERATORS:
            return self._operated(name, -1, r"\left({}\right)_{{{}}}", name_latex)
        power = _power(self.order, braced)
        if self.notation == "along":
            return f"D{power} {name}"
        if self.notation == "prime":
            return name + ("'" * self.order if self.order <= MAX_PRIMES else f"^{{({self.order})}}")
        letter, gap = ("d", "") if self.notation == "total" else (r"\partial", " ")
        below = [
            f"{letter}{gap}{name_latex(variable)}{_power(count, braced)}" for variable, count in runs(self.partial)
        ]
        return rf"\frac{{{letter}{power}{gap}{name}}}{{{' '.join(below)}}}"

    @property
    def latex_equation(self) -> str:
        """`equation` in LaTeX."""
        return self.latex + (f"({name_latex(self.partial[0])})" if self._has_argument else "")

    def _operated(self, name: str, sign: int, component: str, written: Callable[[str], str] = str) -> str:
        """What an operator makes of the function, or a component of that."""
        made = VECTOR_OPERATORS[self.notation].signs[sign].format(f=name)
        return component.format(made, written(self.partial[-1])) if len(self.partial) > 1 else made

    @property
    def _has_argument(self) -> bool:
        return bool(self.partial) and self.notation == "prime"

    def _quotient(self, letter: str, power: Callable[[int], str]) -> str:
        below = [f"{letter}{variable}{_power(count, power)}" for variable, count in runs(self.partial)]
        return f"{letter}{_power(self.order, power)}{_in_brackets(self.function)}/{''.join(below)}"


def _in_brackets(function: str) -> str:
    """A function as it stands behind a letter: a total of one in brackets."""
    return f"({function})" if " " in function else function


def _total_latex(function: str) -> str:
    """A function, or the sum or the mean of one, in LaTeX."""
    kind, _, name = function.rpartition(" ")
    written = {"sum": r"\sum {}", "mean": r"\overline{{{}}}"}.get(kind)
    return written.format(field_latex(name)) if written else field_latex(function)


def runs(partial: Partial) -> list[tuple[str, int]]:
    """The variables in their order, each with how often it is taken in a row."""
    return [(name, len(list(group))) for name, group in groupby(partial)]


def raised(number: int) -> str:
    """A number as an exponent, in Unicode."""
    return str(number).translate(SUPERSCRIPTS)


def braced(number: int) -> str:
    """A number as an exponent, in LaTeX."""
    return f"^{{{number}}}"


def _power(number: int, written: Callable[[int], str]) -> str:
    return "" if number == 1 else written(number)


_LATIN_NAMES = "Alpha Beta Epsilon Zeta Eta Iota Kappa Mu Nu Omicron Rho Tau Chi omicron".split()
LATIN_LOOKING = dict(zip(_LATIN_NAMES, "ABEZHIKMNOPTXo", strict=True))
"""Greek letters for which LaTeX has no command, since they look Latin."""


def field_latex(name: str) -> str:
    """The name of a function, or the names of those that make a field, as in (P, Q)."""
    return f"({', '.join(map(name_latex, name[1:-1].split(', ')))})" if name.startswith("(") else name_latex(name)


def name_latex(name: str) -> str:
    """A name in LaTeX: Greek letters by their commands, digits and what follows `_` as an index; primes stay."""
    if name.endswith("'"):
        return name_latex(name.rstrip("'")) + "'" * (len(name) - len(name.rstrip("'")))
    head, _, index = name.partition("_")
    if not index:
        head = name.rstrip("0123456789")
        index = name[len(head) :]
    elif len(head) > 1 and head not in GREEK_NAMES:
        head, index = name.replace("_", r"\_"), ""
    if head in LATIN_LOOKING:
        head = rf"\mathrm{{{LATIN_LOOKING[head]}}}"
    elif head in GREEK_NAMES:
        head = "\\" + head.replace("lamda", "lambda")
    elif len(head) > 1:
        head = rf"\mathrm{{{head}}}"
    return f"{head}_{{{index}}}" if index else head
