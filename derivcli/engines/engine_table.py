"""The engines: all that is known of each stands in its row, and the rows decide which one computes a task.

Adding an engine is adding a row and a file with its `prepared`. The first row that takes an order unasked computes
the derivatives of that order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from derivcli.errors import DerivError
from derivcli.result import DEVICES, ORDERS, Partial

if TYPE_CHECKING:
    from derivcli.engines.task import Prepared, Task


def _backward(task: Task) -> Prepared:
    from derivcli.engines.torch import backward

    return backward.prepared(task)


def _taylor(task: Task) -> Prepared:
    from derivcli.engines.taylor import engine

    return engine.prepared(task)


def _compiled(task: Task) -> Prepared:
    from derivcli.engines.torch import compiled

    return compiled.prepared(task)


def _compiling_pays(count: int, seconds_per_point: float) -> bool:
    from derivcli.engines.torch import compiled

    return compiled.pays(count, seconds_per_point)


@dataclass(frozen=True, slots=True)
class Engine:
    """What computes values and derivatives at points.

    A formula without points needs no engine. An engine that is a `faster_form_of` another one gives the same numbers;
    the other one computes in its place what it cannot be prepared for.
    """

    name: str
    help: str
    """What it does, in the list of the command line's help."""
    caption: str
    """What is said under a table of its numbers."""
    short: str
    """What is said to have computed in the place of a faster form."""
    author: str
    """Who is said to give a number of it."""
    prepare: Callable[[Task], Prepared]
    """Makes it ready for a task. It imports the engine, and raises UnavailableError where there is a way round."""
    orders: range = ORDERS
    orders_unasked: range = range(0)
    """Those that it computes unless another engine is asked for."""
    beyond_orders: str = ""
    """Says of another `order` that it is not computed."""
    devices: Sequence[str] = DEVICES
    elsewhere: str = ""
    """Says that it computes on no other device."""
    max_coefficients: int | None = None
    """Taylor coefficients that a derivative may need at most: the product of its orders plus one."""
    max_replayed_order: int = ORDERS[-1]
    """The highest order that a check has computed again at neighbouring points, which takes long where it is high."""
    faster_form_of: str = ""
    min_points_unasked: int = 0
    """Points from which on a faster form may be prepared without being asked for."""
    pays: Callable[[int, float], bool] = lambda count, seconds_per_point: False
    """Tells whether to prepare a faster form takes less time than it saves, for so many points of so many seconds."""
    preparing: str = ""
    """What its progress is called while it is prepared, if that takes long."""

    def check_orders(self, partials: Sequence[Partial]) -> None:
        """Refuse derivatives that this engine does not compute."""
        order = _highest(partials)
        if order not in self.orders:
            hint = f"leave out `--engine {self.name}`, which goes to {self.orders[-1]}"
            raise DerivError(self.beyond_orders.format(order=order), hint=hint)
        if self.max_coefficients is None:
            return
        for partial in partials:
            if math.prod(count + 1 for count in Counter(partial).values()) > self.max_coefficients:
                message = f"the derivative in {','.join(partial)} needs too many Taylor coefficients"
                raise DerivError(message, hint=f"at most {self.max_coefficients:,} are computed")

    def check_device(self, device: str) -> None:
        """Refuse a device that this engine does not compute on, unless another one computes in its place."""
        if device not in self.devices and not self.faster_form_of:
            raise DerivError(self.elsewhere, hint=f"leave out `--device {device}`")


REVERSE = Engine(
    "reverse",
    help="nested backward passes",
    caption="by nested backward passes",
    short="backward passes",
    author="PyTorch",
    prepare=_backward,
    orders=range(1, 13),  # each order costs several times the one before
    orders_unasked=range(1, 4),
    beyond_orders="nested backward passes of order {order} would take too long",
    max_replayed_order=6,
)

TAYLOR = Engine(
    "taylor",
    help="Taylor arithmetic",
    caption="by Taylor arithmetic",
    short="Taylor arithmetic",
    author="Taylor arithmetic",
    prepare=_taylor,
    orders_unasked=ORDERS,
    devices=("cpu",),
    elsewhere="Taylor arithmetic runs on the processor",
    max_coefficients=10_000,
)

COMPILED = Engine(
    "compiled",
    help="passes as a compiled kernel",
    caption="by a compiled kernel",
    short="a compiled kernel",
    author="PyTorch",
    prepare=_compiled,
    orders=range(1, 4),
    beyond_orders="nested backward passes of order {order} are not compiled",
    devices=("cpu",),
    max_replayed_order=6,
    faster_form_of="reverse",
    min_points_unasked=1_000_000,
    pays=_compiling_pays,
    preparing="compiling",
)

ENGINES: tuple[Engine, ...] = (REVERSE, TAYLOR, COMPILED)


def names() -> list[str]:
    """The names of the engines."""
    return [engine.name for engine in ENGINES]


def engine_named(name: str) -> Engine:
    """The engine of a name; others are refused."""
    for engine in ENGINES:
        if engine.name == name:
            return engine
    raise DerivError(f"'{name}' is no engine", hint=f"choose {' or '.join(names())}")


def engine_for(partials: Sequence[Partial], name: str = "", device: str = DEVICES[0]) -> Engine:
    """The engine that computes the partials on a device: the one of that name, or the first that does so unasked."""
    order = _highest(partials)
    engine = engine_named(name) if name else next(each for each in ENGINES if order in each.orders_unasked)
    engine.check_orders(partials)
    engine.check_device(device)
    return engine


def faster_forms(engine: Engine, count: int) -> list[Engine]:
    """The engines that may compute so many points in the place of this one, and give the same numbers."""
    return [each for each in ENGINES if each.faster_form_of == engine.name and count >= each.min_points_unasked]


def _highest(partials: Sequence[Partial]) -> int:
    """The highest order of some derivatives; values alone are computed like those of order 1."""
    return max(map(len, partials), default=1)
