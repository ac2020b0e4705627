"""Functions of a user's own, sound ones and ones with a planted fault, each with what is to be said of it."""

from __future__ import annotations

from tests.planted.arguments import ARGUMENTS, STATED
from tests.planted.common import COMMON
from tests.planted.extremes import EXTREMES, ZONES
from tests.planted.formats import FORMATS
from tests.planted.forward_mode import FORWARD_MODE, VMAP
from tests.planted.numbers import NUMBERS
from tests.planted.outputs import OUTPUTS
from tests.planted.row import Rows
from tests.planted.settings import SETTINGS
from tests.planted.sound import SOUND_NUMBERS
from tests.planted.sound_activations import ACTIVATIONS
from tests.planted.sound_modern import MODERN
from tests.planted.sound_modern import THINGS as SOUND_THINGS
from tests.planted.sound_odd import ODD
from tests.planted.sound_tensors import LAYERS, LOSSES
from tests.planted.sound_tensors import VECTORS as SOUND_VECTORS
from tests.planted.states import STATES
from tests.planted.tensors import LINEAR, MATRICES, VECTORS
from tests.planted.things import THINGS


def joined(*tables: Rows) -> Rows:
    """Tables as one, in which no name stands twice."""
    found: Rows = {}
    for table in tables:
        assert not found.keys() & table.keys(), found.keys() & table.keys()
        found.update(table)
    return found


FAULTS = joined(
    NUMBERS, COMMON, ZONES, EXTREMES, SETTINGS, STATES, FORMATS, LINEAR, MATRICES, VECTORS, OUTPUTS, ARGUMENTS, STATED,
    FORWARD_MODE, VMAP, THINGS,
)  # fmt: skip

SOUND = joined(SOUND_NUMBERS, ACTIVATIONS, LAYERS, SOUND_VECTORS, LOSSES, MODERN, SOUND_THINGS, ODD)
