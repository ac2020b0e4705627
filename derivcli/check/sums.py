"""Is a sum of partial derivatives right, as a divergence, a curl or a Laplacian is one?

The terms are enclosed and added in balls, with the precision doubled until the sum itself is narrow, so that what
cancels in it is seen. Where that is not possible, or the number is another one, the verdicts of the terms tell why.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from flint import arb, ctx

from derivcli.check.accuracy import compared
from derivcli.check.enclosure import PRECISION_BITS, Question, Site, Truth, enclosed, is_narrow
from derivcli.check.noise import replayed
from derivcli.check.singular_points import none_after
from derivcli.check.true_derivative import derivative_at
from derivcli.check.verdict import Verdict
from derivcli.check.verdict_kinds import KINDS
from derivcli.engines.balls.errors import NoEnclosureError, TouchError, UnsureError
from derivcli.engines.balls.partials import Derivative
from derivcli.result import Sum

MAX_ULPS = 16
"""Units in the last place of the terms by which a sum of numbers may be off."""

Decide: TypeAlias = Callable[[Question], Verdict]
"""Gives the verdict of one derivative."""


@dataclass(frozen=True, slots=True)
class SummedTerm:
    """A derivative of a formula at a point, with its sign in the sum, and what the formula is called, if it is one of
    several.
    """

    sign: int
    site: Site
    derivative: Derivative
    component: str

    @property
    def name(self) -> str:
        """The words for the derivative."""
        of = f"of {self.component} " if self.component else ""
        return f"the derivative {of}by {','.join(self.derivative.partial[::-1])}"


@dataclass(frozen=True, slots=True)
class SumQuestion:
    """A sum of derivatives at a point, as PyTorch printed it."""

    terms: Sequence[SummedTerm]
    printed: float
    dtype: str

    def judged(self, decide: Decide) -> list[JudgedTerm]:
        """The terms as PyTorch computes them there, with their verdicts."""
        found = []
        for term in self.terms:
            printed = replayed(term.site, term.derivative, self.dtype)
            question = Question(term.site, term.derivative, printed, self.dtype)
            found.append(JudgedTerm(term, question, decide(question)))
        return found


@dataclass(frozen=True, slots=True)
class JudgedTerm:
    """A term, the question for it alone, and the verdict of that."""

    term: SummedTerm
    question: Question
    verdict: Verdict


def summed_terms(total: Sum, sites: Sequence[Site]) -> list[SummedTerm]:
    """The terms of a sum, of formulas at one point."""
    found = []
    for term in total:
        component = f"component {term.place + 1}" if len({each.place for each in total}) > 1 else ""
        found.append(SummedTerm(term.sign, sites[term.place], Derivative(term.partial[::-1]), component))
    return found


def sum_verdict(question: SumQuestion, decide: Decide) -> Verdict:
    """The verdict of a sum."""
    try:
        truth = sum_enclosure(question.terms)
    except TouchError:
        return _where_singular(question, question.judged(decide))
    return compared(question.printed, question.dtype, truth, lambda: _cause(question, question.judged(decide)))


def sum_enclosure(terms: Sequence[SummedTerm]) -> Truth:
    """The true sum, narrower than float64 can tell. Raises what `enclosure` raises."""
    for precision in PRECISION_BITS:
        final = precision == PRECISION_BITS[-1]
        try:
            found = [enclosed(term.site, term.derivative, precision, final) for term in terms]
        except NoEnclosureError:
            raise
        except UnsureError:
            continue
        ctx.prec = precision
        total = sum((term.sign * each.ball for term, each in zip(terms, found, strict=True)), arb(0))
        if is_narrow(total):
            return Truth(total, all(each.rigorous for each in found))
    raise UnsureError


def _cause(question: SumQuestion, judged: Sequence[JudgedTerm]) -> str:
    """How rounding explains a sum that is not right: by one of the terms, or since they cancel; "" if not at all."""
    wrong = next((each for each in judged if each.verdict.kind == "wrong"), None)
    if wrong is not None:
        return ""
    lossy = next((each for each in judged if each.verdict.kind == "lossy"), None)
    if not math.isfinite(question.printed):
        return _in_term(lossy) if lossy else "overflow on the way"
    sizes = [abs(each.question.printed) for each in judged]
    total = sum(each.term.sign * each.question.printed for each in judged)
    if not abs(question.printed - total) <= MAX_ULPS * float(np.finfo(question.dtype).eps) * sum(sizes):
        return ""  # what was added is something else
    return _in_term(lossy) if lossy else "cancellation"


def _in_term(each: JudgedTerm) -> str:
    return f"{each.verdict.message} in {each.term.name}"


def _where_singular(question: SumQuestion, judged: Sequence[JudgedTerm]) -> Verdict:
    """The verdict where a term has no power series: there is no sum without each of its terms."""
    for each in judged:
        verdict, component = each.verdict, each.term.component
        told = verdict if not component else replace(verdict, message=f"{component}: {verdict.message}")
        if KINDS[verdict.kind].derivative == "none":
            noun = KINDS[verdict.kind].noun
            return none_after(verdict if noun else told, f"in {each.term.name}", question.printed)
        if verdict.kind == "unchecked":
            return told
    known = [derivative_at(each.term.site.expression, each.term.derivative, each.term.site.at) for each in judged]
    edges = [each.verdict for each in judged if each.verdict.kind == "edge"]
    balls = [each.ball for each in known if each.ball is not None]
    if len(balls) < len(judged):
        return _infinite(question, judged)
    total = sum((each.term.sign * ball for each, ball in zip(judged, balls, strict=True)), arb(0))
    truth = Truth(total, rigorous=False)
    verdict = compared(question.printed, question.dtype, truth, lambda: _cause(question, judged))
    if not edges:
        return verdict
    differs = verdict.differs and not math.isnan(question.printed)
    return replace(_at_an_edge(verdict, truth.number, edges), differs=differs)


def _infinite(question: SumQuestion, judged: Sequence[JudgedTerm]) -> Verdict:
    """The verdict where a one-sided derivative among the terms is infinite, or beyond what is known."""
    truths = [each.verdict.truth for each in judged]
    if None in truths:
        return Verdict("unchecked", message="not all of its terms are known")
    total = sum(each.term.sign * (each.verdict.truth or 0.0) for each in judged)
    if math.isnan(total):
        return Verdict(
            "undefined",
            message="its terms are infinite, with opposite signs",
            differs=math.isfinite(question.printed),
        )
    verdict = Verdict("edge", truth=total, differs=math.isfinite(question.printed) or question.printed == -total)
    return _at_an_edge(verdict, total, [each.verdict for each in judged if each.verdict.kind == "edge"])


def _at_an_edge(verdict: Verdict, truth: float, edges: Sequence[Verdict]) -> Verdict:
    """The verdict of a sum with one-sided derivatives in it: the side is told where it is the same for all."""
    sides = {"left" if each.left is not None else "right" for each in edges}
    told = {sides.pop(): truth} if len(sides) == 1 else {}
    found = replace(verdict, kind="edge", truth=truth, message="defined on one side only")
    return replace(found, left=told.get("left"), right=told.get("right"))
