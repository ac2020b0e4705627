"""What formulas have in common, computed once: each part with a name that says what it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import sympy
from sympy.functions.elementary.piecewise import ExprCondPair

from derivcli.explain.code.script_names import Names
from derivcli.language.bound_variables import Binder
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, negated, postorder, rebuild, row_of, symbol

Assignment: TypeAlias = tuple[str, Tree]
"""A name, and the tree that it stands for, over names before it."""

MAX_NAME = 16
"""Characters of a name that says what is in a part."""

WORDS = (("**", ""), ("*", "_"), ("/", "_over_"), (" + ", "_plus_"), (" - ", "_minus_"), ("-", "minus_"), (".", "p"))
"""How a formula is spelled as a name."""


@dataclass
class CommonParts:
    """The parts of formulas by what they are: a sum is the same whatever the order of its terms.

    `wanted` are parts that get names of their own, such as the user's definitions and what is written as a block.
    """

    names: Names
    blocks: tuple[type[Tree], ...] = ()
    """What is a block of lines: choices, and sums over an index."""
    keys: dict[Tree, int] = field(default_factory=dict)
    known: dict[Any, int] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    always: set[int] = field(default_factory=set)
    """The parts that are computed whatever conditions hold."""

    def split(self, trees: Sequence[Tree], wanted: Mapping[str, Tree]) -> tuple[list[Assignment], list[Tree]]:
        """The parts in their order, and what is left of the trees over their names."""
        for tree in (*wanted.values(), *trees):
            self._enter(tree)
        self._count([*wanted.values(), *trees])
        given = {self.keys[tree]: name for name, tree in wanted.items()}
        found: list[Assignment] = []
        made: dict[int, Tree] = {}
        left = [self._rewritten(tree, given, made, found) for tree in (*wanted.values(), *trees)]
        return found, left[len(wanted) :]

    def _enter(self, tree: Tree) -> None:
        """Give each part its key."""
        for node in postorder(tree, stop_at=Binder):
            if node in self.keys:
                continue
            if not node.args or isinstance(node, Binder):
                key: Any = node
            else:
                parts = [self.keys[part] for part in node.args]
                key = (type(node), tuple(sorted(parts) if isinstance(node, sympy.Add | sympy.Mul) else parts))
            self.keys[node] = self.known.setdefault(key, len(self.known))

    def _count(self, trees: Sequence[Tree]) -> None:
        """Count where each part stands."""
        for tree in trees:
            self.counts[self.keys[_unsigned(tree)]] += 1
        seen: set[int] = set()
        for tree in trees:
            for node in postorder(tree, stop_at=Binder):
                if self.keys[node] not in seen and not isinstance(node, Binder) and not _is_sign(node):
                    seen.add(self.keys[node])
                    self.counts.update(self.keys[_unsigned(part)] for part in node.args)
        waiting: list[Any] = list(trees)
        while waiting:
            node = waiting.pop()
            if self.keys[node] in self.always:
                continue
            self.always.add(self.keys[node])
            if isinstance(node, sympy.Piecewise):
                waiting.append(node.args[0].cond)
            elif not isinstance(node, Binder):
                waiting += node.args

    def _rewritten(self, tree: Tree, given: Mapping[int, str], made: dict[int, Tree], found: list[Assignment]) -> Tree:
        for node in postorder(tree, stop_at=Binder):
            key = self.keys[node]
            if key in made:
                continue
            parts = [made[self.keys[part]] for part in node.args] if not isinstance(node, Binder) else []
            new = rebuild(node, parts) if parts and parts != list(node.args) else node
            name = given.get(key, "")
            if not name and self._is_named(node, key):
                name = self.names.numbered(part_name(node))
            if name:
                found.append((name, new))
                new = symbol(name)
            made[key] = new
        return made[self.keys[tree]]

    def _is_named(self, node: Any, key: int) -> bool:
        if not isinstance(node, sympy.Expr) or isinstance(node, ExprCondPair):
            return False
        if isinstance(node, self.blocks):
            return True
        if self.counts[key] < 2 or not node.args or _is_sign(node) or is_simple(node):
            return False
        return key in self.always or is_total(node)


def is_total(tree: Tree) -> bool:
    """Whether a formula surely has a value everywhere, so that it may be computed where it is not needed."""
    for node in postorder(tree, stop_at=Binder):
        row = row_of(node)
        powers = isinstance(node, sympy.Pow) and not (node.base is sympy.E or (node.exp.is_Integer and node.exp >= 0))
        if powers or isinstance(node, Binder) or (row is not None and (row.defined or row.real_where)):
            return False
    return True


def is_simple(node: Any) -> bool:
    """Whether a part is hardly worth a name: a number, or one sign of arithmetic between a variable and a number."""
    if isinstance(node, sympy.Pow):
        return bool(node.base.is_Symbol and node.exp == 2)
    if isinstance(node, sympy.Mul | sympy.Add):
        return len(node.args) == 2 and all(_is_atom(part) for part in node.args)
    return False


def _is_sign(node: Any) -> bool:
    """Whether a part is another one behind a minus or below a 1, where that one is what may have a name."""
    return negated(node) is not None or (isinstance(node, sympy.Pow) and node.exp == -1)


def _unsigned(node: Any) -> Tree:
    """The part behind minus signs and below a 1."""
    while _is_sign(node):
        node = node.base if isinstance(node, sympy.Pow) else negated(node)
    return node


def _is_atom(node: Any) -> bool:
    return not node.args or (isinstance(node, sympy.Pow) and node.exp == -1 and not node.base.args)


def part_name(node: Tree) -> str:
    """A name that says what is in a part, or else what kind it is."""
    row = row_of(node)
    if isinstance(node, sympy.Piecewise):
        return "part"
    if isinstance(node, Binder):
        return node.word
    if isinstance(node, sympy.Pow) and node.exp is sympy.S.Half:
        head, inner = "sqrt", node.args[0]
    elif isinstance(node, sympy.Pow) and node.base is sympy.E:
        head, inner = "exp", node.args[1]
    elif row is not None and len(node.args) == 1:
        head, inner = row.name, node.args[0]
    else:
        kind = "total" if isinstance(node, sympy.Add) else "power" if isinstance(node, sympy.Pow) else "product"
        return _spelled(node, "") or (f"{row.name}_value" if row is not None else kind)
    return _spelled(inner, f"{head}_") or f"{head}_value"


def _spelled(tree: Tree, head: str) -> str:
    """A short formula as a name; "" of a longer one."""
    text = text_of(tree)
    for sign, word in WORDS:
        text = text.replace(sign, word)
    text = f"{head}{text}"
    good = len(text) <= MAX_NAME + len(head) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", text)
    return text if good else ""
