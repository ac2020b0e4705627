"""Names in a script: those of the user, and those that the script makes up beside them."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from itertools import chain, count

MODULES = ("torch", "math", "np", "scipy", "mpmath", "plt")
"""What scripts import, by the names that they call it by."""


class Names:
    """The names given so far, each once.

    `python` says for each name of the user's what it is called in the script: the same, unless Python or the
    script needs the name itself.
    """

    def __init__(self, user: Iterable[str] = ()) -> None:
        self.taken = {*MODULES, *keyword.kwlist, *vars(builtins)}
        self.python: dict[str, str] = {}
        own = list(dict.fromkeys(user))
        for name in [*(name for name in own if name not in self.taken), *(name for name in own if name in self.taken)]:
            self.python[name] = self.fresh(name)

    def fresh(self, wanted: str) -> str:
        """The name wanted, with as many underscores behind it as it takes for it to be new."""
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def numbered(self, wanted: str) -> str:
        """The name wanted, with a number behind it where there is one like it."""
        name = next(name for name in chain([wanted], (f"{wanted}{number}" for number in count(2))) if self.free(name))
        return self.fresh(name)

    def free(self, name: str) -> bool:
        """Whether nothing is called so yet."""
        return name not in self.taken

    @property
    def renamed(self) -> dict[str, str]:
        """The user's names that are others in the script."""
        return {name: python for name, python in self.python.items() if name != python}
