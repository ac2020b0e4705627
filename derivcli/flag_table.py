"""The flags of points: one row for each kind of place that a step of a computation can touch.

A flag speaks of a step, or of a number as it was computed, so that what is said is so whatever the function is: that
of abs(x)^3 has a derivative where its step abs has none. Only a verdict speaks of the function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Precedence: TypeAlias = Literal["alone", "together", "last"]
"""Whether nothing else is said of a point, or each thing that it touches, or this only where nothing else is."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A kind of place. `sentence` is made of {f}, the function, {where}, the points, and {author}, who computed."""

    name: str
    bit: int
    """Its bit in `Result.flags`."""
    sentence: str
    place: str = ""
    """What it is in the description of a function that has such places."""
    precedence: Precedence = "together"
    is_continuous: bool = False
    """Whether a function that has such a place is continuous there, as far as it is defined."""
    may_step: bool = False
    """Whether the function may step there, so that a line through its points may be false."""

    @property
    def mask(self) -> int:
        """The number that has this bit alone."""
        return 1 << self.bit


FLAG_TABLE: dict[str, Flag] = {
    row.name: row
    for row in (
        Flag("undefined", 6, "{f} comes out as no finite number at {where}: {author}'s derivative there may mean "
             "nothing", precedence="alone"),
        Flag("off", 7, "not on the curve at {where}: {author}'s derivative there means nothing"),
        Flag("corner", 0, "a step of {f} has a corner at {where}: {author}'s derivative of that step is a convention",
             "a corner", is_continuous=True),
        Flag("jump", 1, "a step of {f} jumps at {where}: {author}'s derivative of that step is a convention",
             "a jump", may_step=True),
        Flag("edge", 2, "a step of {f} is at the edge of its domain at {where}: what {author} gives there may be no "
             "derivative", "the edge of its domain", is_continuous=True),
        Flag("vertical", 3, "a step of {f} has a vertical tangent at {where}", "a vertical tangent",
             is_continuous=True),
        Flag("branch", 4, "a comparison in {f} has equal sides at {where}: {author} follows one branch alone",
             "two formulas meet", is_continuous=True, may_step=True),
        Flag("infinite", 5, "a step of {f} or its derivative comes out as no finite number at {where}: what {author} "
             "gives there may be wrong", precedence="last"),
    )
}  # fmt: skip
"""Every flag by its name, in the order in which a reader is told of them; `off` is off the curve of an equation."""

FLAGS = tuple(sorted(FLAG_TABLE, key=lambda name: FLAG_TABLE[name].bit))
"""Their names, in the order of the bits in `Result.flags`."""


def flag_names(bits: int) -> list[str]:
    """The names of the flags in a number."""
    return [name for name in FLAGS if bits & FLAG_TABLE[name].mask]
