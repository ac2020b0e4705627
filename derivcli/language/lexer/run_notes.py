"""The notes on letters that are read as products and functions: one on all products of a text, one on all functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from derivcli.errors import Note, Span, without_middle
from derivcli.language.lexer.letter_runs import Cut, spelled
from derivcli.language.lexer.token_stream import GluedArgument
from derivcli.language.parser.ambiguities import MAX_SPELLING, Ambiguity

MAX_SHOWN = 3
"""Runs that a note spells out."""


@dataclass
class RunNotes:
    """How the runs of letters of a text are read, by what is typed."""

    text: str
    products: dict[str, tuple[str, Span]] = field(default_factory=dict)
    functions: dict[str, tuple[str, Span]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    """What could be meant by one that is read in another way."""

    def add(self, span: Span, cut: Cut) -> None:
        """A run that is read as a cut spells it."""
        run = self.text[span.start : span.stop]
        is_product = all(piece.kind == "letter" for piece in cut)
        self._add(run, spelled(cut), span, is_product)
        if is_product or len(self.others) > MAX_SHOWN:
            return
        if all(piece.kind != "function" for piece in cut):
            self.others.setdefault(run, "*".join(run))
        found = re.match("([a-z]+)([2-9])[a-zA-Z]", run[cut[0].start :]) if cut[0].kind == "function" else None
        if found is not None and len(cut) > 2 and found[2] == cut[1].text:
            rest = spelled((cut[0], *cut[2:]))
            self.others.setdefault(run, f"{found[1]}^{found[2]}{rest.removeprefix(found[1])}")

    def glued(self, argument: GluedArgument, stop: int) -> Ambiguity | None:
        """An argument that is glued to its function and ends at a place, with a power behind it perhaps."""
        span = argument.token.span
        whole, behind = spelled(argument.cut), self.text[span.stop : stop].rstrip()
        if not behind:
            self.add(span, argument.cut)
            return None
        inner = whole.rstrip(")")
        read, other = inner + behind + whole[len(inner) :], whole + behind
        self._add(self.text[span.start : stop], read, Span(span.start, stop), is_product=False)
        self.others.setdefault(self.text[span.start : stop], other)
        return Ambiguity("run", Span(span.start, stop), read, other)

    def _add(self, run: str, meaning: str, span: Span, is_product: bool) -> None:
        known = self.products if is_product else self.functions
        if len(known) <= MAX_SHOWN:
            known.setdefault(run, (meaning, span))

    def notes(self) -> Iterator[Note]:
        """What is to be told."""
        if self.products:
            first, (_, span) = next(iter(self.products.items()))
            other = f"; for one variable declare it, as in `--wrt {first}`"
            yield Note(_sentence(self.products) + other, self.text, span)
        if self.functions:
            first, (_, span) = next(iter(self.functions.items()))
            run, other = next(iter(self.others.items()), ("", ""))
            hint = f"; for the other meaning write {without_middle(other, MAX_SPELLING)}" * (run in self.functions)
            whole = self.text[: span.start] + other + self.text[span.stop :] if run == first else ""
            yield Note(_sentence(self.functions) + hint, self.text, span, whole)


def _sentence(runs: dict[str, tuple[str, Span]]) -> str:
    typed = [without_middle(run, MAX_SPELLING) for run in runs][:MAX_SHOWN]
    meant = [without_middle(meaning, MAX_SPELLING) for meaning, _ in runs.values()][:MAX_SHOWN]
    if len(runs) > MAX_SHOWN:
        typed, meant = [*typed, "others"], [*meant, "so on"]
    verb = "is" if len(typed) == 1 else "are"
    return f"{_listed(typed)} {verb} read as {_listed(meant)}"


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
