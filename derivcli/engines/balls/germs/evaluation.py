"""A formula beside a point: the germ of what it does along a curve that starts there.

Where a power series of the formula ends, at a kink, a jump, an edge or 0/0, each of its steps still has a sign and
a leading term for t > 0 near 0. The rules here are those of steps that have such places; all others have a power
series in what tends to 0, which their ordinary rules make.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flint import ctx, fmpq

from derivcli.engines.balls.coordinates import Coordinate, Moved
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.exact_constants import ExactConstant, Field
from derivcli.engines.balls.germs.approach import Approach, GermRule
from derivcli.engines.balls.germs.arithmetic import Germs
from derivcli.engines.balls.germs.germ import CONSTANT_TERM, Germ, NoGermError
from derivcli.engines.balls.germs.rules_elementary import ELEMENTARY
from derivcli.engines.balls.germs.rules_integrals import INTEGRALS
from derivcli.engines.balls.germs.rules_poles import POLES
from derivcli.engines.balls.germs.rules_steps import STEPS
from derivcli.engines.balls.tape import Tape, TapeNode, record
from derivcli.language.functions.formulas import parse_tree
from derivcli.language.functions.table import vocabulary


def germ_of(approach: Approach) -> Germ:
    """The germ of the formula along a curve.

    Raises NoValueError where it has no real value for small t > 0, NoGermError where no rule gives a germ, and
    UnsureError where the precision or the number of terms does not do.
    """
    ctx.prec = approach.field.precision
    found: Germ = block(approach, approach.tape.order)
    return found


def block(approach: Approach, numbers: Iterable[int]) -> Any:
    """Evaluate nodes that have no value yet, and give the value of the last."""
    number = -1
    for number in numbers:
        if number not in approach.values:
            value = _value(approach, approach.tape.nodes[number])
            approach.values[number] = approach.told(number, value) if number in approach.limits else value
    return approach.values[number]


def _value(approach: Approach, node: TapeNode) -> Any:
    """The value of a node whose operands have theirs: by a rule for germs, or by its power series."""
    if node.operation == "variable":
        return approach.inputs[approach.tape.variables[node.data]]
    if node.operation == "number":
        return approach.germs.number(node.data)
    if node.operation == "choice":
        return _choice(approach, node)
    if node.operation == "integral":
        raise NoGermError
    parts = [approach.values[part] for part in node.parts]
    rule = GERM_RULES.get(node.operation)
    return approach.regular(node.operation, *parts) if rule is None else rule(approach, *parts)


def _by_formula(name: str) -> GermRule:
    """The rule of a function that is what a formula says."""

    def rule(approach: Approach, *parts: Germ) -> Germ:
        tape = _tape_of(name)
        inner = Approach(tape, approach.germs, dict(zip(tape.variables, parts, strict=True)))
        found: Germ = block(inner, tape.order)
        approach.rigorous = approach.rigorous and inner.rigorous
        return found

    return rule


@cache
def _tape_of(name: str) -> Tape:
    row = vocabulary()[name]
    return record(parse_tree(FORMULAS[name], row.parameters), row.parameters)


FORMULAS = {
    "expm1": "exp(x)-1",
    "log2": "log(x)/log(2)",
    "log10": "log(x)/log(10)",
    "log1p": "log(1+x)",
    "tan": "sin(x)/cos(x)",
    "sinh": "(exp(x)-exp(-x))/2",
    "cosh": "(exp(x)+exp(-x))/2",
    "sech": "2/(exp(x)+exp(-x))",
    "asinh": "log(x+sqrt(x^2+1))",
    "csch": "2/(exp(x)-exp(-x))",
    "coth": "(exp(x)+exp(-x))/(exp(x)-exp(-x))",
    "asech": "acosh(1/x)",
    "atanh": "log((1+x)/(1-x))/2",
    "logit": "log(x/(1-x))",
    "hypot": "sqrt(x^2+y^2)",
    "softsign": "x/(1+abs(x))",
}
"""What functions are in others whose germs are known. A germ loses no digits, so that these serve for germs alone."""

GERM_RULES: dict[str, GermRule] = {
    **ELEMENTARY,
    **STEPS,
    **POLES,
    **INTEGRALS,
    **{name: _by_formula(name) for name in FORMULAS},
}
"""The rule of every operation whose power series may end. All others have one at what tends to 0."""


def _choice(approach: Approach, node: TapeNode) -> Any:
    for place, branch in enumerate(node.data):
        if block(approach, branch.condition):
            approach.germs.decisions.append(place)
            return block(approach, branch.value)
    raise NoValueError


@dataclass(slots=True, eq=False)
class Constants:
    """The values of a tape's nodes at a point, as exact constants."""

    tape: Tape
    at: Mapping[str, Coordinate]
    precision: int
    approach: Approach | None = None

    @classmethod
    def within(cls, known: Field, tape: Tape, at: Mapping[str, Coordinate]) -> Constants:
        """Those of a field that has others, to which they are compared."""
        made = cls(tape, at, known.precision)
        made.start(Germs(known, 1))
        return made

    def start(self, germs: Germs) -> None:
        """Make ready to evaluate."""
        at = {name: germs.constant(coordinate_of(germs.field, value)) for name, value in self.at.items()}
        self.approach = Approach(self.tape, germs, at)

    @property
    def field(self) -> Field:
        """The field of the constants."""
        assert self.approach is not None, "a constant is asked for first"
        return self.approach.field

    def of(self, number: int) -> ExactConstant | None:
        """The value of a node, None where it is not known to be a constant."""
        before = ctx.prec, ctx.cap
        try:
            ctx.prec = self.precision
            if self.approach is None:
                self.start(Germs(Field(self.precision), 1))
            assert self.approach is not None, "it is made ready"
            germ = block(self.approach, self.needed(number))
            return germ.terms.get(CONSTANT_TERM) or self.field.rational(0) if type(germ) is Germ else None
        except (NoGermError, NoValueError, UnsureError):
            return None
        finally:
            ctx.prec, ctx.cap = before

    def needed(self, number: int) -> list[int]:
        """The nodes that a node is made of, operands first, itself the last."""
        found: dict[int, None] = {}
        waiting = [number]
        while waiting:
            each = waiting[-1]
            missing = [part for part in self.tape.nodes[each].parts if part not in found]
            if missing:
                waiting += missing
            else:
                found[waiting.pop()] = None
        return list(found)


def coordinate_of(known: Field, value: Coordinate) -> ExactConstant:
    """A coordinate of a point as a constant."""
    if isinstance(value, fmpq):
        return known.rational(value)
    if isinstance(value, Moved):
        base, slope = coordinate_of(known, value.base), coordinate_of(known, value.slope)
        return known.sum(base, known.scaled(slope, value.offset))
    if isinstance(value, Tape):
        found = germ_of(Approach(value, Germs(known, 1), {})).terms
        return found.get(CONSTANT_TERM) or known.rational(0)
    raise NoGermError
