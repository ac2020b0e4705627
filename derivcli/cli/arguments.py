"""The command line put in an order that leaves no doubt: options first, then `--`, then the expressions.

An expression may begin with a minus, and options may stand before, between or after the expressions; so a
word is an option only if it is a known one or looks like nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from derivcli.errors import DerivError

_OPTION = re.compile(r"--[A-Za-z][A-Za-z-]+(=.*)?", re.DOTALL)


def ordered(
    words: Sequence[str], valued: Collection[str], flags: Collection[str], command: str = "deriv"
) -> list[str]:
    """The words with the options in front; `valued` options take the next word, whatever it is."""
    options: list[str] = []
    expressions: list[str] = []
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        if word == "--":
            expressions += reversed(waiting)
            break
        if word in valued:
            if not waiting:
                raise DerivError(f"{word} needs a value", hint=f"{command} --help lists the options")
            options += [word, waiting.pop()]
        elif word in flags or _OPTION.fullmatch(word):
            options.append(word)
        else:
            expressions.append(word)
    return [*options, "--", *expressions]
