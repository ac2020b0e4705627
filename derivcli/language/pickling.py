"""Records that hold trees: they are pickled, copied and compared by what was typed.

A record is a frozen dataclass. Its trees stand in fields, in tuples or as the values of dictionaries, and travel as
code; what it has computed of its fields and keeps does not travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from derivcli.record_equality import same

if TYPE_CHECKING:
    from derivcli.language.tree import Tree
    from derivcli.language.tree_serialization import TreeCode

Record = TypeVar("Record")

MAX_SHOWN_CHARACTERS = 100
"""So many characters of a formula stand where Python shows what holds it."""


@dataclass(frozen=True, slots=True)
class TreeReference:
    """Stands for a tree, by its place among the roots of a code."""

    place: int


def reduced(record: Any) -> tuple[Any, tuple[type, tuple[Any, ...], TreeCode]]:
    """A record as what makes it anew, for `__reduce__`."""
    from derivcli.language.tree_serialization import code_of

    trees: list[Tree] = []
    values = tuple(_without_trees(getattr(record, field.name), trees) for field in fields(record))
    return restored, (type(record), values, code_of(trees))


def restored(kind: type[Record], values: tuple[Any, ...], code: TreeCode) -> Record:
    """The record that was reduced."""
    from derivcli.language.tree_serialization import trees_of

    trees = trees_of(code)
    return kind(*(_with_trees(value, trees) for value in values))


def equal(record: Any, other: object) -> bool:
    """Whether two records of one class hold the same, trees the same nodes in the same order, for `__eq__`."""
    if other.__class__ is not record.__class__:
        return NotImplemented  # type: ignore[no-any-return]  # the answer of an __eq__ that does not know
    if record is other:
        return True
    (_, one, trees), (_, two, others) = reduced(record)[1], reduced(other)[1]
    return trees == others and same(one, two)


def shortened(text: str) -> str:
    """A text as far as a line shows it."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else f"{text[:MAX_SHOWN_CHARACTERS]}... ({len(text):,} characters)"


def itself(record: Record, memo: object = None) -> Record:
    """The record, for `__copy__` and `__deepcopy__` of one that nothing can change."""
    return record


def _without_trees(value: Any, trees: list[Tree]) -> Any:
    from sympy import Basic

    if isinstance(value, Basic):
        trees.append(value)
        return TreeReference(len(trees) - 1)
    if isinstance(value, tuple):
        return tuple(_without_trees(part, trees) for part in value)
    if isinstance(value, Mapping):
        return {key: _without_trees(part, trees) for key, part in value.items()}
    return value


def _with_trees(value: Any, trees: list[Tree]) -> Any:
    if isinstance(value, TreeReference):
        return trees[value.place]
    if isinstance(value, tuple):
        return tuple(_with_trees(part, trees) for part in value)
    if isinstance(value, Mapping):
        return {key: _with_trees(part, trees) for key, part in value.items()}
    return value
