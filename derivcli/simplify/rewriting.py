"""A way to write a formula anew, which is a row of the table of rewritings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from derivcli.language.tree import Tree


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A way to write a formula anew; `name` is what a teacher calls it, as `steps` prints it.

    `apply` takes a tree that SymPy evaluated, and gives trees that ought to be the same wherever both are defined.
    """

    name: str
    apply: Callable[[Tree], Iterable[Tree]]
