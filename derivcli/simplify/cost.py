"""What a formula costs its reader: the numbers, names and operators to be read, then how deep they are nested."""

from __future__ import annotations

import re
from typing import TypeAlias

from derivcli.language.printer import text_of
from derivcli.language.tree import Tree, fold

_READ = re.compile(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?|[^\W\d]\w*|\*\*|[-+/^'<>=|]")
"""What is read: brackets and the sign of multiplication are not."""

Cost: TypeAlias = tuple[int, int]
"""What is read, and the depth, which decides between formulas of the same length."""


def cost(tree: Tree) -> Cost:
    """The cost of a tree in the shape in which it is printed."""
    return len(_READ.findall(text_of(tree))), fold(tree, lambda node, depths: 1 + max(depths, default=0))
