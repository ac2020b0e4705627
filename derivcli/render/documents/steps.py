"""Derivations: the formula, then for each derivative the steps that lead to it, each with the rule it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.language.printer import text_of
from derivcli.language.spelling import Spelling
from derivcli.render import latex_equations
from derivcli.render.ascii_spelling import spelled_for
from derivcli.render.blocks import Block, Chain, Document, Equations, Gap, Line, Sentence, Style
from derivcli.render.documents.equations import understood
from derivcli.render.documents.step_reasons import Reason, reason_latex, reason_of, reason_text
from derivcli.render.formats.json import VERSION
from derivcli.render.labels import Label
from derivcli.render.latex_printer import latex_of
from derivcli.render.numbers import latex_number
from derivcli.render.quantities import derivative_label, function_names, named
from derivcli.render.to_json import described
from derivcli.render.vectors import formula_sides, is_whole
from derivcli.result import SymbolicResult

if TYPE_CHECKING:
    from derivcli.explain.steps.derivative_values import DerivativeValue


def steps_document(derivations: Sequence[Derivation], style: Style, brief: bool = False) -> Document:
    """The document of one result's derivations; a `brief` one has the names of rules, and not what they say."""
    derivations = spelled_for(derivations, style)
    return Document(
        blocks=lambda: _blocks(derivations, style, brief),
        data=lambda: _data(derivations),
        rows=lambda: _rows(derivations),
    )


def _blocks(derivations: Sequence[Derivation], style: Style, brief: bool) -> list[Block]:
    stated: set[str] = set()
    chains: list[Block] = []
    for one, label in _labelled(derivations):
        reasons: list[Reason] = [("", ()), *(reason_of(step, stated, brief) for step in one.steps)]
        chains += [Gap(), _chain(one, label, reasons, style)]
        chains += [block for value in one.values for block in (Gap(), _value(one, label, value, style))]
    functions = _functions(derivations)
    if is_whole(functions[-1]):
        chains += [Gap(), _together(functions, style)]
    return [understood(functions), *chains]


def _functions(derivations: Sequence[Derivation]) -> list[SymbolicResult]:
    """The functions that derivations are of, each with the sums that stand with it."""
    found = {place: SymbolicResult(each, {}) for place, each in enumerate(derivations[-1].result.functions)}
    for one in derivations:
        if one.result.sums or not derivations[-1].result.functions:
            found[one.place] = one.result
    return [found[place] for place in sorted(found)]


def _labelled(derivations: Sequence[Derivation]) -> list[tuple[Derivation, Label]]:
    names = function_names(_functions(derivations))
    return [(one, derivative_label(names[one.place], one.key, one.result)) for one in derivations]


def _together(functions: Sequence[SymbolicResult], style: Style) -> Equations:
    """A gradient, a curl or a differential as a whole."""
    sides = formula_sides(functions, style.unicode)
    return Equations(sides, lambda: latex_equations.derivatives(functions), role="formula")


def _chain(one: Derivation, label: Label, reasons: Sequence[Reason], style: Style) -> Chain:
    lefts = [label.equation(style.unicode), *(_left(step) for step in one.steps)]
    spelling = one.expression.spelling
    texts = [text_of(one.start, spelling), *(text_of(step.tree, spelling) for step in one.steps)]
    plain = [part if style.unicode else part.replace("∂", "d") for part in texts]
    lines = [
        (left, text, reason_text(reason, spelling)) for left, text, reason in zip(lefts, plain, reasons, strict=True)
    ]
    return Chain(lines[_is_equation(one) :], lambda: _latex(one, label, reasons))


def _is_equation(one: Derivation) -> bool:
    """Whether the steps begin with the equation itself, both sides of it still to be differentiated."""
    return bool(one.result.dependent) and len(one.partial) == 1


def _value(one: Derivation, label: Label, value: DerivativeValue, style: Style) -> Block:
    """A derivative at a point: the values put in, and what that comes to, as a formula and as a number."""
    spelling = one.expression.spelling
    place = [text_of(value.at[name], spelling) for name in value.at]
    between = "" if label.notation == "prime" else " at "
    left = f"{label.shown(style.unicode)}{between}({', '.join(place)})"
    if value.reason:
        return Sentence(f"{left} does not exist: {spelling.worded(value.reason)}", role="warning")
    about = "" if value.is_rational else f" {'≈' if style.unicode else '~'} {value.number}"
    right = " = ".join(dict.fromkeys(text_of(tree, spelling) for tree in value.forms)) + about
    return Equations([(left, right)], lambda: [_value_latex(label, value, spelling)], role="formula")


def _value_latex(label: Label, value: DerivativeValue, spelling: Spelling) -> Line:
    written = partial(latex_of, spelling=spelling)
    place = ", ".join(map(written, value.at.values()))
    between = "" if label.notation == "prime" else r"\big|_"
    about = "" if value.is_rational else rf" \approx {latex_number(value.number)}"
    right = " = ".join(dict.fromkeys(map(written, value.forms))) + about
    where = f"({place})" if not between else f"{{({place})}}"
    return f"{label.latex}{between}{where}", "=", right


def _left(step: Step) -> str:
    return "" if step.left is None else text_of(step.left, step.spelling)


def _latex(one: Derivation, label: Label, reasons: Sequence[Reason]) -> str:
    lines = [f"{label.latex_equation} &= {latex_of(one.start, one.expression.spelling)}"]
    for step, reason in zip(one.steps, reasons[1:], strict=True):
        left = "" if step.left is None else f"{latex_of(step.left, step.spelling)} "
        lines.append(f"{left}&= {latex_of(step.tree, step.spelling)} && {reason_latex(reason, step.spelling)}")
    return " \\\\\n".join(lines[_is_equation(one) :])


def _rows(derivations: Sequence[Derivation]) -> list[Sequence[str]]:
    rows = [
        (label.plain, step.spelling.rule(step.rule), step.text)
        for one, label in _labelled(derivations)
        for step in (Step("", one.start, spelling=one.expression.spelling), *one.steps)
    ]
    return [("derivative", "rule", "formula"), *rows]


def _data(derivations: Sequence[Derivation]) -> dict[str, Any]:
    functions = []
    for place, (name, result) in enumerate(named(_functions(derivations))):
        found = [_derivation_data(one) for one in derivations if one.place == place]
        functions.append({**described(name, result), "derivations": found})
    return {"version": VERSION, "functions": functions}


def _derivation_data(one: Derivation) -> dict[str, Any]:
    return {
        "derivative": one.key,
        "start": Step("", one.start).text,
        "steps": list(map(_step_data, one.steps)),
        **({"values": list(map(_value_data, one.values))} if one.values else {}),
    }


def _step_data(step: Step) -> dict[str, Any]:
    """A step for JSON: what the rule says is there where it says more than its name."""
    said = [
        {"statement": each.spelled(), "parts": {name: text_of(tree) for name, tree in each.parts}}
        for each in step.statements
    ]
    return {"rule": step.rule, "formula": step.canonical_text, **({"statements": said} if said else {})}


def _value_data(value: DerivativeValue) -> dict[str, Any]:
    """A derivative at a point for JSON."""
    return {
        "at": {name: text_of(tree) for name, tree in value.at.items()},
        "formula": text_of(value.put),
        "exact": None if value.exact is None else value.exact.canonical_text,
        "number": float(value.number) if value.number else None,
        "reason": value.reason,
    }
