"""Names in a script: those of the user, and those that the script adds."""

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
        for name in sorted(dict.fromkeys(user), key=self.taken.__contains__):  # those that stay as they are first
            self.python[name] = self.fresh(name)

    def fresh(self, name: str) -> str:
        """A new name: the one given, with as many underscores after it as it takes."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def numbered(self, name: str) -> str:
        """A new name: the one given, with a number after it where that is taken."""
        names = chain([name], (f"{name}{number}" for number in count(2)))
        return self.fresh(next(each for each in names if each not in self.taken))

    @property
    def renamed(self) -> dict[str, str]:
        """The user's names that are others in the script."""
        return {name: python for name, python in self.python.items() if name != python}
