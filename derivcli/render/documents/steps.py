"""Derivations: the formula, then for each derivative the steps that lead to it, each with the rule it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.language.printer import text_of
from derivcli.render.blocks import Block, Chain, Document, Gap, Style
from derivcli.render.documents.equations import understood
from derivcli.render.labels import Label
from derivcli.render.latex_printer import latex_of
from derivcli.render.quantities import derivative_label, function_names
from derivcli.render.to_json import VERSION, described


def steps_document(derivations: Sequence[Derivation], style: Style) -> Document:
    """The document of one result's derivations."""
    return Document(
        blocks=lambda: _blocks(derivations, style), data=lambda: _data(derivations), rows=lambda: _rows(derivations)
    )


def _blocks(derivations: Sequence[Derivation], style: Style) -> list[Block]:
    chains = [block for one in derivations for block in (Gap(), _chain(one, style))]
    return [understood([derivations[0].result]), *chains]


def _chain(one: Derivation, style: Style) -> Chain:
    parts = [(text, rule) for rule, text in _lines(one, style.unicode)]
    return Chain(_label(one).equation(style.unicode), parts, lambda: _latex(one))


def _lines(one: Derivation, unicode: bool) -> list[tuple[str, str]]:
    """The derivative to be taken, which follows from no rule, then each rule with the formula after it."""
    spelling = one.expression.spelling
    lines = [("", text_of(one.start, spelling)), *((step.rule, text_of(step.tree, spelling)) for step in one.steps)]
    return lines if unicode else [(rule, text.replace("∂", "d")) for rule, text in lines]


def _latex(one: Derivation) -> str:
    start = f"{_label(one).latex_equation} &= {latex_of(one.start)}"
    steps = [f"&= {latex_of(step.tree)} && {_rule_latex(step.rule)}" for step in one.steps]
    return " \\\\\n".join([start, *steps])


def _rule_latex(rule: str) -> str:
    """A rule's name in LaTeX, with underscores in math mode, where MathJax reads them too."""
    return rf"\text{{{rule}}}".replace("_", r"}\_\text{")


def _label(one: Derivation) -> Label:
    return derivative_label(function_names([one.result])[0], one.key, one.result)


def _rows(derivations: Sequence[Derivation]) -> list[Sequence[str]]:
    rows = [(_label(one).plain, rule, text) for one in derivations for rule, text in _lines(one, unicode=False)]
    return [("derivative", "rule", "formula"), *rows]


def _data(derivations: Sequence[Derivation]) -> dict[str, Any]:
    result = derivations[0].result
    (name,) = function_names([result])
    found = [
        {
            "derivative": one.key,
            "start": Step("", one.start).text,
            "steps": [{"rule": step.rule, "formula": step.canonical_text} for step in one.steps],
        }
        for one in derivations
    ]
    return {"version": VERSION, "functions": [{**described(name, result), "derivations": found}]}
