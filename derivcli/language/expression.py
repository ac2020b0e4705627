"""What a text means: the structure between the parser and everything after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from derivcli.language.pickling import equal, itself, reduced, shortened
from derivcli.language.spelling import CANONICAL, Spelling
from derivcli.showing import latex, mime_bundle, short, text

if TYPE_CHECKING:
    from derivcli.errors import Note
    from derivcli.language.parser.constant_folding import Constant
    from derivcli.language.tree import Tree


@dataclass(frozen=True)
class Definition:
    """An intermediate name and the tree that it stands for."""

    name: str
    tree: Tree
    notes: tuple[Note, ...] = ()
    spelling: Spelling = CANONICAL

    __eq__ = equal
    __reduce__ = reduced
    __copy__ = __deepcopy__ = itself

    def __repr__(self) -> str:
        return f"<Definition {self.name} = {shortened(self.text)}>"

    @cached_property
    def text(self) -> str:
        """The definition in our notation as the user spells it, which the parser reads back."""
        from derivcli.language.printer import text_of

        return text_of(self.tree, self.spelling)


@dataclass(frozen=True)
class Expression:
    """One formula as it was understood.

    `tree` is the SymPy tree in the shape that was typed. It may hold the names of `definitions`, each of which
    may use those before it. `variables` are the remaining names as `variable_order.py` says.
    `constant` is the value of a formula without variables, exact where it is rational. Of an equation `tree` is
    the left side minus the right side, and `sides` are the two. `taken_names` are names of functions of the user's,
    which the formula itself is not to be called by.
    `name` and `arguments` are those of a left side, `f(x) = ...` or `y = ...`, and "" and () without one.
    `asked` is the derivative that the text itself asks for: of `d^2/dx^2 x^3` the tree is x^3, and ("x", "x") is asked.
    `spelling` is that of the text, or of the formula that this one comes from.
    Two of them are equal if all of this is, and so if the same was typed in the same way.
    """

    source: str
    tree: Tree
    variables: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()
    notes: tuple[Note, ...] = ()
    constant: Constant | None = None
    sides: tuple[Tree, Tree] | None = None
    taken_names: tuple[str, ...] = ()
    name: str = ""
    arguments: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    spelling: Spelling = CANONICAL

    __eq__ = equal
    __reduce__ = reduced
    __copy__ = __deepcopy__ = itself

    __repr__ = short
    __str__ = text
    _repr_latex_ = latex
    _repr_mimebundle_ = mime_bundle

    @cached_property
    def text(self) -> str:
        """The formula in our notation as the user spells it, which the parser reads back."""
        from derivcli.language.printer import text_of

        return " = ".join(text_of(side, self.spelling) for side in self.sides or (self.tree,))

    @cached_property
    def canonical_text(self) -> str:
        """The formula in the one spelling that is for programs."""
        from derivcli.language.printer import text_of

        return " = ".join(map(text_of, self.sides or (self.tree,)))

    @cached_property
    def custom_functions(self) -> tuple[str, ...]:
        """The names of the user's own functions in it."""
        from derivcli.language.tree import postorder, row_of

        rows = {row_of(part) for part in postorder(self.expanded)}
        return tuple(sorted(row.name for row in rows if row is not None and row.kernel is not None))

    @cached_property
    def has_integrals(self) -> bool:
        """Whether there is an integral in it."""
        from derivcli.language.bound_variables import Integral
        from derivcli.language.tree import postorder

        trees = (self.tree, *(definition.tree for definition in self.definitions))
        return any(isinstance(part, Integral) for tree in trees for part in postorder(tree))

    @cached_property
    def unknown_functions(self) -> tuple[str, ...]:
        """The names of functions in it of which nothing else is known."""
        from derivcli.language.definitions.unknown_rows import unknown_in

        return tuple(dict.fromkeys(row.name for row in unknown_in(self.expanded)))

    @cached_property
    def expanded(self) -> Tree:
        """The tree with every definition put in its place."""
        from derivcli.language.tree import expansions, substitute

        return substitute(self.tree, expansions(self.definitions)) if self.definitions else self.tree
