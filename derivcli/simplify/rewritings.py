"""The table of the ways to write a formula anew, by family; none is believed before it is compared."""

from __future__ import annotations

from derivcli.simplify.algebra import ALGEBRA
from derivcli.simplify.exponentials_and_logarithms import EXPONENTIALS_AND_LOGARITHMS
from derivcli.simplify.rewriting import Rewriting
from derivcli.simplify.roots import ROOTS
from derivcli.simplify.trigonometry import TRIGONOMETRY

FAMILIES: tuple[tuple[Rewriting, ...], ...] = (ALGEBRA, EXPONENTIALS_AND_LOGARITHMS, TRIGONOMETRY, ROOTS)
"""Each family has a file; the quick ones first, since the time may end."""
