"""What is told where nothing but help is asked for: `deriv --help`, `deriv help`, `deriv help steps`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from derivcli.cli.command_table import COMMANDS
from derivcli.cli.grammar import HELP, grammar_of, group_help, help_of, whole_help
from derivcli.cli.option_declaration import TOPICS
from derivcli.errors import DerivError, visible

WORD = "help"
OPTIONS = "options"
"""The topic that is no command and no group of options: all options of the main one."""

_FLAGS = ("-h", HELP)
"""A word with one dash is an expression, so -h asks for help only where there is nothing else."""


def help_asked(words: Sequence[str]) -> str:
    """The text of help that a command line asks for, or nothing."""
    if words and words[0] == WORD:
        asked = [word for word in words[1:] if word not in _FLAGS]
        # help is a variable too, as in `deriv help --at help=3`.
        return "" if any(word.startswith("-") for word in asked) else _told_of(asked)
    if len(words) == 1 and words[0] in _FLAGS:
        return help_of("")
    if len(words) == 2 and words[0] in COMMANDS and words[1] in _FLAGS:
        return help_of(words[0])
    return ""


def topics() -> tuple[str, ...]:
    """All that `deriv help` tells of."""
    return tuple(dict.fromkeys((*COMMANDS, *TOPICS, OPTIONS)))


def _told_of(asked: Sequence[str]) -> str:
    """What `deriv help` tells of a command or of the options."""
    if len(asked) > 1:
        hint = f"write deriv help {_topic_like(asked[0]) or OPTIONS}"
        raise DerivError("help takes one command", hint=hint)
    if not asked:
        return help_of("")
    (topic,) = asked
    if topic not in topics():
        like = _topic_like(topic)
        hint = f"did you mean deriv help {like}?" if like else f"deriv {HELP} lists the commands"
        raise DerivError(f"there is no command '{visible(topic)}'", hint=hint)
    if topic in TOPICS:
        return "\n\n".join([group_help(TOPICS[topic]), *([whole_help(topic)] if topic in COMMANDS else [])])
    return whole_help("" if topic == OPTIONS else topic)


def _topic_like(word: str) -> str:
    """The topic that a word names, in other words perhaps, or nothing."""
    meant = {synonym: row.name for row in COMMANDS.values() for synonym in (row.name, *row.synonyms.split())}
    meant |= dict.fromkeys((*grammar_of("").names, "option"), OPTIONS) | {topic: topic for topic in topics()}
    close = difflib.get_close_matches(word.lower(), meant, n=1, cutoff=0.6)
    return meant[close[0]] if close else ""
