"""Derivations: the formula, then for each derivative the steps that lead to it, each with the rule it follows from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivcli.explain.steps.derivation import Derivation
    from derivcli.render.columns import Style
    from derivcli.render.labels import Label

HEADER = ("derivative", "rule", "formula")


def write_steps(derivations: Sequence[Derivation], format_name: str, style: Style) -> str:
    """The derivations of one result in a format of that name."""
    return FORMATS[format_name](derivations, style)


def write_tsv(derivations: Sequence[Derivation], style: Style) -> str:
    """A line for each step, with tabs."""
    return _delimited(derivations, "\t")


def write_csv(derivations: Sequence[Derivation], style: Style) -> str:
    """A line for each step, with commas."""
    return _delimited(derivations, ",")


def _delimited(derivations: Sequence[Derivation], delimiter: str) -> str:
    from derivcli.render.tsv_csv_value import delimited_rows

    rows = [(_label(one).plain, rule, text) for one in derivations for rule, text in _lines(one, unicode=False)]
    return delimited_rows([HEADER, *rows], delimiter)


def write_text(derivations: Sequence[Derivation], style: Style) -> str:
    """For a terminal: a chain of equal formulas for each derivative, as in a textbook."""
    from derivcli.render.columns import equations
    from derivcli.render.terminal import console_of, print_chain, print_equations, text_on

    console = console_of(style)
    print_equations(console, equations([derivations[0].result]))
    for one in derivations:
        console.print()
        lines = [(text, rule) for rule, text in _lines(one, style.unicode)]
        print_chain(console, _label(one).equation(style.unicode), lines)
    return text_on(console)


def write_latex(derivations: Sequence[Derivation], style: Style) -> str:
    """The formula, then aligned equations for each derivative."""
    from derivcli.render.latex import aligned, functions

    bodies = [f"\\begin{{align*}}\n{_chain(one)}\n\\end{{align*}}\n" for one in derivations]
    return aligned(functions([derivations[0].result])) + "".join(bodies)


def write_markdown(derivations: Sequence[Derivation], style: Style) -> str:
    r"""The formula as a list, then a block of mathematics for each derivative.

    A fenced block is the one place where Markdown leaves `\\`, `_` and `*` alone; GitHub and GitLab set it, and
    others show the LaTeX. GitHub refuses \operatorname.
    """
    from derivcli.render.columns import equations

    understood = "".join(f"- `{left} = {right}`\n" for left, right in equations([derivations[0].result]))
    blocks = [f"\n```math\n\\begin{{aligned}}\n{_chain(one)}\n\\end{{aligned}}\n```\n" for one in derivations]
    return understood + re.sub(r"\\operatorname\{([^{}]*)\}", r"\\mathop{\\mathrm{\1}}", "".join(blocks))


def write_json(derivations: Sequence[Derivation], style: Style) -> str:
    """For programs: every step with its rule."""
    from derivcli.render.columns import function_names
    from derivcli.render.json import VERSION, described, dump

    result = derivations[0].result
    (name,) = function_names([result])
    found = [
        {
            "derivative": one.key,
            "start": _lines(one, unicode=False)[0][1],
            "steps": [{"rule": step.rule, "formula": step.text} for step in one.steps],
        }
        for one in derivations
    ]
    return dump({"version": VERSION, "functions": [{**described(name, result), "derivations": found}]})


def _lines(one: Derivation, unicode: bool) -> list[tuple[str, str]]:
    """The derivative to be taken, which follows from no rule, then each rule with the formula after it."""
    from derivcli.language.printer import text_of

    lines = [("", text_of(one.start)), *((step.rule, text_of(step.tree)) for step in one.steps)]
    return lines if unicode else [(rule, _plain(text)) for rule, text in lines]


def _chain(one: Derivation) -> str:
    """The steps in LaTeX, to be aligned at the signs of equality and at the rules."""
    from derivcli.render.latex_printer import latex_of

    start = f"{_label(one).latex_equation} &= {latex_of(one.start)}"
    steps = [f"&= {latex_of(step.tree)} && {_rule_latex(step.rule)}" for step in one.steps]
    return " \\\\\n".join([start, *steps])


def _rule_latex(rule: str) -> str:
    """A rule's name in LaTeX, with underscores in math mode, where MathJax reads them too."""
    return rf"\text{{{rule}}}".replace("_", r"}\_\text{")


def _label(one: Derivation) -> Label:
    """What the derivative is called."""
    from derivcli.render.columns import derivative_label, function_names

    return derivative_label(function_names([one.result])[0], one.key, one.result)


def _plain(text: str) -> str:
    """The text in ASCII."""
    return text.replace("∂", "d")


FORMATS: Mapping[str, Callable[[Sequence[Derivation], Style], str]] = {
    "text": write_text,
    "tsv": write_tsv,
    "csv": write_csv,
    "json": write_json,
    "latex": write_latex,
    "markdown": write_markdown,
}
"""The formats by their names."""
