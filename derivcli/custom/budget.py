"""How long a function's code takes, and how much of the usual work is done where that is long."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from derivcli.engines.time_limit import OutOfTimeError, limited

P = ParamSpec("P")
R = TypeVar("R")

CALL_SECONDS = 60.0
"""A call that takes longer is taken for one that never ends."""

USUAL_CALLS = 2000
"""About so often a function of tensors is called, forward and backward."""
USUAL_SECONDS = 4.0
"""That is done where it takes no longer, and else a part of it."""

CALLS_FOR_POINTS = 15
"""So many calls with all points tell whether gradients are right at them."""

WARM_CALLS = 3
"""The first calls of a stage tell nothing of the later ones, since PyTorch imports modules in them."""

SEARCH_SECONDS = 3.0
"""After so long in a function's code no further ways of calling it are tried."""
CHECK_SECONDS = 5.0
"""After so long only trials are made that nothing can be said without."""


class EndlessCallError(Exception):
    """A call takes so long that it may never end; the message says which."""


@dataclass(eq=False)
class Budget:
    """What calls of a function have taken: all together, and the shortest of each stage; whether less was done."""

    spent: float = 0.0
    shortest: dict[str, float] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    saves: bool = False

    def timed(self, stage: str, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What a call of the function's code comes to. Raises EndlessCallError where it does not end."""
        start = time.perf_counter()
        try:
            found = limited(CALL_SECONDS, call, *args, **kwargs)
        except OutOfTimeError:
            raise EndlessCallError(stage) from None
        finally:
            seconds = time.perf_counter() - start
            self.spent += seconds
        self.calls[stage] += 1
        self.shortest[stage] = min(seconds, self.shortest.get(stage, seconds))
        return found

    @property
    def seconds(self) -> float:
        """How long a call with its backward takes, once all is warm."""
        return sum(each for stage, each in self.shortest.items() if self.calls[stage] >= WARM_CALLS)

    @property
    def text(self) -> str:
        """How long that is, in words."""
        return f"a call takes {self.seconds:.2g} s"

    def part_of(self, usual: int, least: int) -> int:
        """How much is done of what is usually done so many times."""
        count = max(least, min(usual, int(usual * self.share)))
        self.saves |= count < usual
        return count

    @property
    def share(self) -> float:
        """How much of the usual work can be done."""
        return USUAL_SECONDS / (USUAL_CALLS * self.seconds) if self.seconds else 1.0

    def points(self, seconds: float, usual: int) -> int:
        """How many points are tried of so many as usual, where each takes so long in every call."""
        most = int(USUAL_SECONDS / (CALLS_FOR_POINTS * seconds)) if seconds else usual
        self.saves |= most < usual
        return min(most, usual)

    def allows(self, calls: int, seconds: float = USUAL_SECONDS) -> bool:
        """Whether so many calls in one place take no longer than that."""
        return calls * self.seconds <= seconds
