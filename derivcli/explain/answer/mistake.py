"""One mistake in one step of a derivation, and how far-fetched it is to say that it was made."""

from __future__ import annotations

from dataclasses import dataclass

from derivcli.language.tree import Tree

COMMON, USUAL, ODD, RARE = range(4)
"""How far-fetched a mistake is; those that are rare are looked for after all other explanations."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong derivative of a formula: a kind of diagnosis, a name for all mistakes of its sort, and a sentence.

    In the sentence `{0}`, `{1}`, ... stand for the formulas `about`; derivatives still to be taken in those are
    written out as they are. A mistake is the more far-fetched the larger its `oddness` is.
    """

    kind: str
    name: str
    sentence: str
    wrong: Tree
    about: tuple[Tree, ...] = ()
    oddness: int = USUAL
