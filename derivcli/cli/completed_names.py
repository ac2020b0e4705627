"""The variables that a shell offers behind `--wrt`, `--at` and `--let`, for its completion script and nobody else.

It is asked with the words that were typed, of which it runs and evaluates nothing, and imports next to nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from derivcli.language.lexer.tokens import canonical_name, is_name
from derivcli.language.lexer.variable_names import variable_names

REPEATING = ("--mixed",)
"""Options whose value may name a variable twice."""
POINTS = ("--at", "--let")
"""Options that fix a variable, which one of them does once."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The words before the cursor by what they are."""

    expressions: list[str] = field(default_factory=list)
    values: list[tuple[str, str]] = field(default_factory=list)
    """Options that name variables, with their values."""
    option: str = ""
    """The one whose value is being typed."""
    current: str = ""
    """What there is of that value."""


def main(words: Sequence[str]) -> None:
    """Print what is asked for, a name a line."""
    sys.stdout.buffer.write("".join(f"{name}\n" for name in completed(words)).encode())
    sys.stdout.flush()


def completed(words: Sequence[str]) -> list[str]:
    """The names that can go on where the cursor is, behind the last comma."""
    if len(words) < 3:
        return []
    naming, others, *rest = words
    typed = sort_words(naming.split(), others.split(), rest)
    if not typed.option:
        return []
    head, _, begun = typed.current.rpartition(",")
    alike = POINTS if typed.option in POINTS else (typed.option,)
    given = [*typed.values, (typed.option, head)]
    named = {name for option, value in given if option in alike for name in names_in(value)}
    lets = [_sides(value) for option, value in typed.values if option == "--let"]
    defined = {name for name, _, _ in lets}
    declared = {name for _, value in given for name in names_in(value)}
    found: dict[str, str] = {}
    for own, text in (*(((), text) for text in typed.expressions), *((own, formula) for _, own, formula in lets)):
        for name in variable_names(text, declared):
            if name not in own:
                found.setdefault(canonical_name(name), name)
    left_out = defined | (named if typed.option not in REPEATING else set())
    return [shown for name, shown in found.items() if name not in left_out and shown.startswith(begun)]


def _sides(definition: str) -> tuple[str, list[str], str]:
    """The name in `f(x, y)=x*y`, its parameters and its formula, as far as they are typed."""
    head, _, formula = definition.partition("=")
    name, _, listed = head.partition("(")
    return canonical_name(name.strip()), list(names_in(listed.rstrip().removesuffix(")"))), formula


def sort_words(naming: Sequence[str], others: Sequence[str], words: Sequence[str]) -> Typed:
    """The words by what they are; the last one is the one at the cursor."""
    *before, current = words
    typed, option = Typed(), ""
    for place, word in enumerate(before):
        name, equals, value = word.partition("=")
        if option:
            typed.values.extend([(option, word)] if option in naming else [])
            option = ""
        elif word == "--":
            return Typed([*typed.expressions, *before[place + 1 :]], typed.values)
        elif word in naming or word in others:
            option = word
        elif equals and name in naming:
            typed.values.append((name, value))
        elif not word.startswith("--"):
            typed.expressions.append(word)
    name, equals, value = current.partition("=")
    if not option and equals and name in naming:
        option, current = name, value
    return Typed(typed.expressions, typed.values, option if option in naming else "", current)


def names_in(value: str) -> Iterator[str]:
    """The names in `u,v`, in `u=3,v=4,5` and in `z=max(u, v)`."""
    first = re.match(r"\s*\w+\s*=(?!=)", value)
    for part in value.split(","):
        name, equals, rest = part.partition("=")
        if is_name(name.strip()) and (not first or (equals and not rest.startswith("="))):
            yield canonical_name(name.strip())
