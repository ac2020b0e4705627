"""The rules of germs: of steps that have kinks, jumps, edges and poles, and of what keeps constants exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derivcli.engines.balls.germs.rules_elementary import ELEMENTARY
from derivcli.engines.balls.germs.rules_integrals import INTEGRALS
from derivcli.engines.balls.germs.rules_poles import POLES
from derivcli.engines.balls.germs.rules_steps import STEPS

GERM_RULES: dict[str, Callable[..., Any]] = {**ELEMENTARY, **STEPS, **POLES, **INTEGRALS}
"""The rule of every operation whose power series may end; all others have one at what tends to 0."""
