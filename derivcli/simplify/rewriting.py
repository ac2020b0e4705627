"""A way to write a formula anew, which is a row of the table of rewritings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from derivcli.language.tree import Tree


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A way to write a formula anew; `name` is what a teacher calls it, as `steps` prints it.

    A family of ways that are found together has `naming`, which names one by the trees before and after it.
    `apply` takes a tree that SymPy evaluated, and gives trees that ought to be the same wherever both are defined.
    """

    name: str
    apply: Callable[[Tree], Iterable[Tree]]
    naming: Callable[[Tree, Tree], str] | None = None

    def named(self, before: Tree, after: Tree) -> str:
        """What a teacher calls the way from one tree to the other."""
        return self.naming(before, after) if self.naming else self.name
