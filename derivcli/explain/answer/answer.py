"""What is found of a claimed derivative: whether it is right, and if not, where it is wrong and perhaps why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from derivcli.language.pickling import equal, reduced
from derivcli.showing import html, mime_bundle, pretty, short, text

if TYPE_CHECKING:
    from fractions import Fraction

    from derivcli.language.expression import Expression
    from derivcli.language.tree import Tree

Point: TypeAlias = "dict[str, Fraction | Tree]"
"""The values of variables: fractions, or formulas without variables such as pi."""


LONG = 2
"""How many times as long as the derivative a right claim may be before the shorter form is worth a word."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What went wrong: a kind, as a word for programs, and a sentence; both are empty where nothing explains it."""

    kind: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point where a claim is not the derivative; `claim` is None, and there is a `reason`, where it has no value.

    The texts are the same numbers in as many digits as it takes to tell them apart. `functions` are formulas of the
    functions that are not known, by their heads such as f(x), for which it is so.
    """

    at: Point
    derivative: float
    claim: float | None
    derivative_text: str
    claim_text: str = ""
    reason: str = ""
    functions: Mapping[str, str] = field(default_factory=dict)

    __eq__ = equal
    __reduce__ = reduced


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """Whether `claim` is the derivative of `expression` with the key.

    `how` is "proved" where SymPy shows that the difference is 0, "agrees" where the numbers are the same to `digits`
    digits, relative to their sizes, at all of `points` points, "differs" where they are not at the `counterexample`,
    and "undecided" where too few points have both numbers, or too many are `vanishing`: there both are too close to 0
    to be compared. `formula` is the derivative as it is derived, None where there is none in time. An answer is true
    where the claim is right.
    `open` says at what point, or where, it is not known whether they are the same, and so makes it "undecided".
    `meant` is the answer for what the texts may mean too, where a claim that "differs" is right so.
    `dependent` is the variable that an equation makes a function of the others, and a claim that is right `on_curve`
    is the derivative only where the equation holds: elsewhere the two formulas differ.
    `gaps` are points at which a right claim has no value though the derivative has one.
    """

    expression: Expression
    key: str
    claim: Expression
    formula: Expression | None
    how: str
    points: int = 0
    digits: int = 0
    counterexample: Counterexample | None = None
    diagnosis: Diagnosis = Diagnosis()
    gaps: tuple[Point, ...] = ()
    vanishing: int = 0
    open: str = ""
    meant: Answer | None = None
    dependent: str = ""
    on_curve: bool = False

    __eq__ = equal
    __reduce__ = reduced
    __repr__ = short
    __str__ = text
    _repr_html_ = html
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @property
    def equal(self) -> bool:
        """Whether the claim is right."""
        return self.how in ("proved", "agrees")

    def __bool__(self) -> bool:
        return self.equal

    @property
    def truth(self) -> Expression | None:
        """The derivative in its shortest form."""
        from derivcli.engines.symbolic import is_piecewise
        from derivcli.explain.piecewise.piecewise_derivative import simplified
        from derivcli.result import SymbolicResult

        if self.formula is None:
            return None
        result = SymbolicResult(self.expression, {self.key: self.formula}, dependent=self.dependent)
        return self.formula if is_piecewise(result) else simplified(result).derivatives[self.key]

    @property
    def shorter(self) -> Expression | None:
        """The derivative, where the claim is right and over twice as long; None elsewhere."""
        from derivcli.simplify.cost import cost

        truth = self.truth if self.equal else None
        is_long = truth is not None and cost(self.claim.tree)[0] > LONG * cost(truth.tree)[0]
        return truth if is_long else None
