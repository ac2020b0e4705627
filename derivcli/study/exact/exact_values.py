"""Values at points that have a formula, as formulas: sqrt(2)/2 and not 0.707."""

from __future__ import annotations

from contextlib import suppress

import sympy
from flint import ctx

from derivcli.check.one_sided_germs import LocalGerms
from derivcli.engines.balls.errors import TouchError, UnsureError
from derivcli.engines.balls.exact_constants import working
from derivcli.engines.balls.germs.germ import NoGermError
from derivcli.engines.balls.tape import Tape
from derivcli.language.tree import Tree
from derivcli.simplify.cost import cost
from derivcli.simplify.domains.roots import Root
from derivcli.study.exact.constant_formulas import constant_tree

VALUE_BITS = 192

MAX_COST = 12
"""A longer formula says less than the digits."""


WAVES = sympy.sin, sympy.cos, sympy.tan
"""Of a value that is one of these at a number, as sin(500), the formula says no more than the question."""


def exact_value(tape: Tape, name: str, at: Root) -> Tree | None:
    """A function's value at a number that has a formula, as a short formula; None where none is known."""
    precision = int(ctx.prec)
    try:
        with suppress(NoGermError, TouchError, UnsureError):
            known = working(VALUE_BITS)
            ctx.prec = VALUE_BITS
            constant = LocalGerms(tape, {name: at.where}, known, {}, 0, 1).value_here()
            tree = None if constant is None else constant_tree(constant, known)
            return None if tree is None or tree.has(*WAVES) or cost(tree)[0] > MAX_COST else tree
        return None
    finally:
        ctx.prec = precision
