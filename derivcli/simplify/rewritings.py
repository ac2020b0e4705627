"""The table of the ways to write a formula anew, by family; none is believed before it is compared."""

from __future__ import annotations

from derivcli.simplify.algebra import ALGEBRA
from derivcli.simplify.rewriting import Rewriting

REWRITINGS: tuple[Rewriting, ...] = (*ALGEBRA,)
"""Each family has a file; the quick ones first, since the time may end."""
