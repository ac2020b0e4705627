"""Why a step is right: the name of its rule, the rule in letters, and what these stand for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from derivcli.explain.steps.derivation import Step
from derivcli.explain.steps.statements import Statement
from derivcli.language.printer import text_of
from derivcli.language.spelling import Spelling
from derivcli.language.tree import Tree
from derivcli.render.blocks import UNBROKEN
from derivcli.render.latex_printer import bracketed, latex_of

Reason: TypeAlias = "tuple[str, Sequence[tuple[Statement, bool]]]"
"""A rule's name, and what it says of formulas, each with whether that is said in letters for the first time."""


def reason_of(step: Step, stated: set[str], brief: bool) -> Reason:
    """Why a step is right. A rule is stated in letters once."""
    if brief:
        return step.rule, ()
    found = []
    for each in step.statements:
        found.append((each, each.spelled() not in stated))
        stated.add(each.spelled())
    said = [(each, is_new) for each, is_new in found if is_new or _told(each)]
    return (_short(step.rule) if said else step.rule), said


def _short(rule: str) -> str:
    """The name of a rule that is stated: a derivative of an outer function shows itself there."""
    return "chain rule" if rule.startswith("derivative of ") and rule.endswith(" and chain rule") else rule


def _told(statement: Statement) -> list[tuple[str, Tree]]:
    """What letters stand for, where that is not seen at a glance: the exponent alone is."""
    return [] if [name for name, _ in statement.parts] == ["n"] else list(statement.parts)


def reason_text(reason: Reason, spelling: Spelling) -> str:
    """A rule as one says it: product rule: (u*v)' = u'*v + u*v', u = x, v = sin(x). No line ends inside an equation."""
    rule, said = spelled(reason[0], spelling), reason[1]
    statements = [
        _pieces(each, is_new, each.spelled(spelling), lambda tree: text_of(tree, spelling)) for each, is_new in said
    ]
    unbroken = [", ".join(piece.replace(" ", UNBROKEN) for piece in pieces) for pieces in statements]
    return f"{rule}: {'; '.join(unbroken)}" if statements else rule


def spelled(rule: str, spelling: Spelling) -> str:
    """A rule's name with the functions in it as the user spells them: derivative of ln."""
    words = {name: word for name, word in spelling.names.items() if word.isalpha()}
    head, of, functions = rule.partition(" of ") if "derivative" in rule.partition(" of ")[0] else (rule, "", "")
    return head + of + re.sub(r"\w+", lambda match: words.get(match[0], match[0]), functions)


def reason_latex(reason: Reason, spelling: Spelling) -> str:
    """The same in LaTeX."""
    rule, said = spelled(reason[0], spelling), reason[1]
    written = partial(latex_of, spelling=spelling)
    statements = [r",\ ".join(_pieces(each, is_new, _statement_latex(each, written), written)) for each, is_new in said]
    return rf"{_rule_latex(f'{rule}: ')} " + r";\ ".join(statements) if statements else _rule_latex(rule)


def _pieces(statement: Statement, is_new: bool, whole: str, written: Callable[[Tree], str]) -> list[str]:
    """A statement, where it is new, and what its letters stand for."""
    return [*([whole] if is_new else []), *(f"{name} = {written(tree)}" for name, tree in _told(statement))]


def _statement_latex(statement: Statement, written: Callable[[Tree], str]) -> str:
    left = written(statement.left)
    return f"{left if statement.is_call else bracketed(left)}' = {written(statement.right)}"


def _rule_latex(rule: str) -> str:
    """A rule's name in LaTeX, with underscores in math mode, where MathJax reads them too."""
    return rf"\text{{{rule}}}".replace("_", r"}\_\text{")
