"""The command line put in an order that leaves no doubt: options first, then `--`, then the expressions.

An expression may begin with a minus, and options may stand before, between or after the expressions; so a
word is an option only if it is a known one or looks like nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import Grammar
from derivcli.errors import DerivError

_OPTION = re.compile(r"--[A-Za-z][A-Za-z0-9_-]+(=.*)?", re.DOTALL)


_VARIABLE = re.compile(r"[A-Za-z][0-9]*")


@dataclass(frozen=True, slots=True)
class Words:
    """A command line by what its words are."""

    typed: list[str] = field(default_factory=list)
    options: list[tuple[str, ...]] = field(default_factory=list)
    """Each with the word that is its value, if it takes one."""
    loose: list[str] = field(default_factory=list)
    """The expressions, if they are any."""
    certain: list[str] = field(default_factory=list)

    @property
    def given(self) -> list[str]:
        """The names of the options, with their dashes."""
        return [option[0].partition("=")[0] for option in self.options]

    @property
    def option_words(self) -> list[str]:
        """The words of the options, each with its value."""
        return [word for option in self.options for word in option]

    @property
    def expressions(self) -> list[str]:
        """All words that are no options."""
        return [*self.loose, *self.certain]

    def others(self, place: int) -> str:
        """The loose words but the one at a place."""
        return " ".join([*self.loose[:place], *self.loose[place + 1 :]])

    @property
    def ordered(self) -> list[str]:
        """The words with the options in front."""
        return [*self.option_words, "--", *self.expressions]


def parse_argv(words: Sequence[str], grammar: Grammar) -> Words:
    """The words by what they are; an option with a value takes the next word, unless that is an option itself.

    One whose value may be left out takes only a word that can be its value, and leaves a variable where there is no
    other formula: `--code c` is about C beside a formula, and alone about the formula c.
    """
    found = Words(list(words))
    waiting = list(reversed(words))
    taken: dict[int, str] = {}
    while waiting:
        word = waiting.pop()
        if word == "--":
            found.certain.extend(reversed(waiting))
            break
        if word in grammar.optional:
            choices = grammar.valued[word]
            taken[len(found.options)] = waiting.pop() if waiting and waiting[-1] in choices else ""
            found.options.append((word, taken[len(found.options)] or choices[0]))
        elif word in grammar.valued:
            if not waiting:
                raise DerivError(f"{word} needs a value", hint=f"{grammar.command} --help lists the options")
            found.options.append((word, _value(word, waiting.pop())))
        elif word in grammar.flags or _OPTION.fullmatch(word):
            found.options.append((word,))
        else:
            found.loose.append(word)
    for place, value in taken.items():
        if _VARIABLE.fullmatch(value) and not found.expressions:
            option = found.options[place][0]
            found.options[place] = (option, grammar.valued[option][0])
            found.loose.append(value)
    return found


def command_in(words: Sequence[str]) -> str:
    """The command that the first word names, if it does."""
    return words[0] if words and words[0] in COMMANDS else ""


def _value(option: str, word: str) -> str:
    if word == "--" or _OPTION.fullmatch(word):
        hint = f"write it before {word}" + (f"; for a value that begins so, {option}={word}" if word != "--" else "")
        raise DerivError(f"{option} needs a value", hint=hint)
    return word
