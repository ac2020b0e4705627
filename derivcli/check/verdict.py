"""The vocabulary of the check: what can be said of a number, for one of them and for a batch."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from derivcli.check.verdict_kinds import KINDS, code_of
from derivcli.record_equality import equal
from derivcli.showing import short

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DTYPE_DIGITS = {"float64": 16, "float32": 7}

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

    __repr__ = short


NO_DIGITS = -1


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

        truth, left, right = np.full((3, count), np.nan)
        kinds, digits = np.zeros(count, np.uint8), np.full(count, NO_DIGITS, np.int8)
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
        digits = None if self.digits[point] == NO_DIGITS else int(self.digits[point])
        truth, left, right = (
            None if math.isnan(array[point]) else float(array[point]) for array in (self.truth, self.left, self.right)
        )
        point = range(len(self))[point]
        message, differs = self.messages.get(point, ""), bool(self.differs[point])
        return Verdict([*KINDS][kind - 1], digits, truth, left, right, message, differs)

    def first(self, count: int) -> Verdicts:
        """The verdicts of the first numbers."""
        return Verdicts(
            *(self.kinds[:count], self.digits[:count], self.truth[:count], self.left[:count], self.right[:count]),
            self.differs[:count],
            {point: message for point, message in self.messages.items() if point < count},
        )

    def put(self, point: int, verdict: Verdict) -> None:
        """Write down the verdict of a point."""
        self.kinds[point] = code_of(verdict.kind)
        self.digits[point] = NO_DIGITS if verdict.digits is None else verdict.digits
        for array, number in ((self.truth, verdict.truth), (self.left, verdict.left), (self.right, verdict.right)):
            array[point] = math.nan if number is None else number
        self.differs[point] = verdict.differs
        if verdict.message:
            self.messages[point] = verdict.message

    def hard(self) -> NDArray[np.bool_]:
        """The numbers that are judged and not simply right."""
        import numpy as np

        return np.array([False, *(not kind.is_right for kind in KINDS.values())])[self.kinds]

    def names(self) -> list[str]:
        """The kind of each verdict, "" where there is none."""
        names = ("", *KINDS)
        return [names[kind] for kind in self.kinds.tolist()]

    def count(self) -> dict[str, int]:
        """How many there are of each kind that occurs, in the order of KINDS."""
        counts = Counter(self.kinds.tolist())
        return {kind: counts[code] for code, kind in enumerate(KINDS, start=1) if counts[code]}
