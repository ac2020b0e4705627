"""A row of the planted functions: what is given to the check, and what it is to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from derivcli import FunctionReport, check_function

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Planted:
    """A function with the options of its check.

    `kind` is what a fault is one of; a function without one is sound. `sentence` is the diagnosis, `remarks` are those
    of a sound function where they matter. `found` are shapes of tensors that the check has to find by itself.
    """

    function: Any
    kind: str = ""
    sentence: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[str, ...] | None = None
    found: Mapping[str, Shape] = field(default_factory=dict)

    def report(self) -> FunctionReport:
        """What the check says of it."""
        return check_function(self.function, **self.options)


def fault(
    kind: str,
    sentence: str,
    function: Any,
    against: str | None = None,
    found: Mapping[str, Shape] | None = None,
    **options: Any,
) -> Planted:
    """A function with a fault of a kind, and the sentence that names it."""
    options = options if against is None else {"against": against, **options}
    return Planted(function, kind, sentence, options, found=found or {})


def sound(
    function: Any,
    against: str | None = None,
    remarks: tuple[str, ...] | None = None,
    found: Mapping[str, Shape] | None = None,
    **options: Any,
) -> Planted:
    """A function in which nothing is wrong, with what is said of it all the same where that matters."""
    options = options if against is None else {"against": against, **options}
    return Planted(function, options=options, remarks=remarks, found=found or {})


Rows: TypeAlias = dict[str, Planted]
