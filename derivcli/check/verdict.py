"""The vocabulary of the check: what can be said of a number, for one of them and for a batch."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivcli.result import equal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KINDS = {
    "proved": "the number lies within the stated digits of a rigorous enclosure",
    "agrees": "the same by a method that is accurate but not rigorous",
    "lossy": "right formula, but rounding, overflow or underflow on the way cost digits",
    "corner": "left and right derivatives differ",
    "cusp": "left and right derivatives are infinite with opposite signs",
    "vertical": "left and right derivatives are infinite with one sign",
    "jump": "the function is not continuous there",
    "isolated": "the function is defined at the point and not beside it",
    "undefined": "the function has no real value there",
    "hole": "the function has no value there, and a limit fills the hole",
    "edge": "the function is defined on one side only",
    "overflow": "the true number is beyond the range of the number format",
    "wrong": "the number is not the derivative, and rounding is not the reason",
    "unchecked": "not decided, and why",
}
"""Every kind of verdict with its meaning; an array holds a kind as its place here plus one, and 0 for none."""

NAMES = tuple(KINDS)
PLACES = {kind: place for place, kind in enumerate(KINDS, start=1)}

DIGITS = {"float64": 16, "float32": 7}
"""How many digits a number of each format has."""

RIGHT = frozenset(("proved", "agrees"))
"""Kinds of a number that is right."""

WITHOUT = frozenset(("corner", "cusp", "vertical", "jump", "isolated", "undefined", "hole"))
"""Kinds of a place that has no derivative: a finite number printed there is a convention."""


NOWHERE = "the point is no finite number"
"""What is said where a variable from a file is nan or infinite."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one number.

    `digits` is how many leading digits of the number are right, None where no true number is known;
    `truth` the true number, as near as float64 can hold it, `left` and `right` the one-sided derivatives,
    None where there are none; `message` says why, and `differs` whether the number misleads.
    """

    kind: str
    digits: int | None = None
    truth: float | None = None
    left: float | None = None
    right: float | None = None
    message: str = ""
    differs: bool = False


NOTHING = -1
"""Stands for no digits in an array."""


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """The verdicts of a column of numbers, as arrays of shape (points,); `verdicts[i]` builds one, or None.

    NaN in `truth`, `left` and `right` stands for no number; only places of note have a message.
    """

    kinds: NDArray[np.uint8]
    digits: NDArray[np.int8]
    truth: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    differs: NDArray[np.bool_]
    messages: dict[int, str] = field(default_factory=dict)

    __eq__ = equal

    @staticmethod
    def empty(count: int) -> Verdicts:
        """So many numbers without a verdict."""
        import numpy as np  # late, since the public list names this class

        truth, left, right = (np.full(count, np.nan) for _ in range(3))
        kinds, digits = np.zeros(count, np.uint8), np.full(count, NOTHING, np.int8)
        return Verdicts(kinds, digits, truth, left, right, np.zeros(count, np.bool_))

    def __repr__(self) -> str:
        counts = ", ".join(f"{count:,} {kind}" for kind, count in self.count().items())
        return f"<{len(self):,} verdict{'s' * (len(self) != 1)}: {counts or 'none'}>"

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, point: int) -> Verdict | None:
        kind = int(self.kinds[point])
        if not kind:
            return None
        digits = int(self.digits[point])
        truth, left, right = (
            None if math.isnan(array[point]) else float(array[point]) for array in (self.truth, self.left, self.right)
        )
        point = range(len(self))[point]
        message, differs = self.messages.get(point, ""), bool(self.differs[point])
        return Verdict(NAMES[kind - 1], None if digits == NOTHING else digits, truth, left, right, message, differs)

    def put(self, point: int, verdict: Verdict) -> None:
        """Write down the verdict of a point."""
        self.kinds[point] = PLACES[verdict.kind]
        self.digits[point] = NOTHING if verdict.digits is None else verdict.digits
        for array, number in ((self.truth, verdict.truth), (self.left, verdict.left), (self.right, verdict.right)):
            array[point] = math.nan if number is None else number
        self.differs[point] = verdict.differs
        if verdict.message:
            self.messages[point] = verdict.message

    def hard(self) -> NDArray[np.bool_]:
        """The numbers that are judged and not simply right."""
        import numpy as np

        return np.asarray((self.kinds != 0) & ~np.isin(self.kinds, [PLACES[kind] for kind in RIGHT]))

    def names(self) -> list[str]:
        """The kind of each verdict, "" where there is none."""
        return ["" if not kind else NAMES[kind - 1] for kind in self.kinds.tolist()]

    def count(self) -> dict[str, int]:
        """How many there are of each kind that occurs, in the order of KINDS."""
        counts = Counter(self.kinds.tolist())
        return {kind: counts[place] for kind, place in PLACES.items() if counts[place]}
