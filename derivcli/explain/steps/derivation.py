"""What a derivation is: the structure that shows how a derivative is found, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derivcli.language.pickling import equal, itself, reduced, shortened
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.result import partial_of
from derivcli.showing import latex, mime_bundle, pretty, short, text

if TYPE_CHECKING:
    from derivcli.explain.steps.derivative_values import DerivativeValue
    from derivcli.explain.steps.statements import Statement
    from derivcli.language.expression import Expression
    from derivcli.language.tree import Tree
    from derivcli.result import Partial, SymbolicResult


@dataclass(frozen=True, slots=True)
class Step:
    """A rule's name, and all of the formula after it; derivatives still to be taken stand in it as nodes.

    `statements` say the rule in letters, as in (u*v)' = u'*v + u*v', with what the letters stand for. Of an equation
    between other sides, as in log(y) = x*log(x), `left` is the left side and `tree` the right one.
    """

    rule: str
    tree: Tree
    statements: tuple[Statement, ...] = ()
    left: Tree | None = None
    spelling: Spelling = CANONICAL

    __eq__ = equal
    __reduce__ = reduced
    __copy__ = __deepcopy__ = itself

    def __repr__(self) -> str:
        return f"<Step {self.rule}: {shortened(self.text)}>"

    @property
    def text(self) -> str:
        """The formula as text, with `d/dx[...]` for a derivative still to be taken."""
        from derivcli.language.printer import text_of

        sides = [self.tree] if self.left is None else [self.left, self.tree]
        return " = ".join(text_of(side, self.spelling) for side in sides).replace("∂", "d")

    @property
    def canonical_text(self) -> str:
        """The same in the one spelling that is for programs."""
        return replace(self, spelling=CANONICAL).text

    @property
    def statement(self) -> str:
        """The rule in letters, as text; "" where the step shows it as it is."""
        return self.statements[0].spelled(self.spelling) if self.statements else ""

    @property
    def parts(self) -> dict[str, Tree]:
        """What the letters of the statement stand for."""
        return dict(self.statements[0].parts) if self.statements else {}


@dataclass(frozen=True, slots=True, eq=False)
class Derivation:
    """How one of a result's derivatives is found from the formula, or from the derivative of one order below.

    `start` is the derivative to be taken, and every step is equal to the one before it. The last one is the
    derivative with that key in `result`, which is what `derive` gives. `values` are what it is at points, and
    `place` is that of the function among several.
    """

    result: SymbolicResult
    key: str
    start: Tree
    steps: tuple[Step, ...]
    values: tuple[DerivativeValue, ...] = ()
    place: int = 0

    __eq__ = equal
    __reduce__ = reduced

    __repr__ = short
    __str__ = text
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle
    _repr_pretty_ = pretty

    @property
    def expression(self) -> Expression:
        """The formula that all derivations of the result go back to."""
        return self.result.expression

    @property
    def partial(self) -> Partial:
        """The variables of the derivative; the first one is taken here, the others were before."""
        return partial_of(self.key)

    @property
    def answer(self) -> Expression:
        """The derivative."""
        return self.result.derivatives[self.key]
