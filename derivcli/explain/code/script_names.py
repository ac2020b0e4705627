"""Names in a script: those of the user, and those that the script adds."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from itertools import chain, count

MODULES = ("torch", "math", "np", "scipy", "mpmath", "plt", "pyarrow")
"""What scripts import, by the names that they call it by."""


PYTHON = frozenset((*MODULES, *keyword.kwlist, *vars(builtins)))
"""Names that no variable of a script can have."""


class Names:
    """The names given so far, each once.

    `python` says for each name of the user's what it is called in the script: the same, unless Python or the
    script needs the name itself.
    """

    def __init__(self, user: Iterable[str] = (), reserved: Iterable[str] = PYTHON, ignores_case: bool = False) -> None:
        self.folded = str.lower if ignores_case else str
        self.taken = {*reserved}
        self.python: dict[str, str] = {}
        for name in sorted(dict.fromkeys(user), key=self._is_taken):  # those that stay as they are first
            self.python[name] = self.fresh(name)

    def fresh(self, name: str) -> str:
        """A new name: the one given, with as many underscores after it as it takes."""
        while self._is_taken(name):
            name += "_"
        self.taken.add(self.folded(name))
        return name

    def numbered(self, name: str) -> str:
        """A new name: the one given, with a number after it where that is taken."""
        names = chain([name], (f"{name}{number}" for number in count(2)))
        return self.fresh(next(each for each in names if not self._is_taken(each)))

    def _is_taken(self, name: str) -> bool:
        return self.folded(name) in self.taken

    @property
    def renamed(self) -> dict[str, str]:
        """The user's names that are others in the script."""
        return {name: python for name, python in self.python.items() if name != python}
