"""Results as objects for JSON: documented, versioned, with numbers that read back exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from derivcli.check.verdict import Verdict, Verdicts
from derivcli.explain.answer.answer import Answer, Counterexample
from derivcli.flag_table import flag_names
from derivcli.language.expression import Expression
from derivcli.language.printer import text_of
from derivcli.language.tree import Tree
from derivcli.propagated import LINEAR
from derivcli.render.blocks import Style
from derivcli.render.formats.json import VERSION
from derivcli.render.numbers import number_texts
from derivcli.render.polynomial import polynomial_text
from derivcli.render.quantities import function_names, named
from derivcli.result import AnyResult, Exact, FloatArray, Result, SeriesResult, SymbolicResult


def numbers_json_object(results: Sequence[Result], style: Style) -> dict[str, Any]:
    """The points, and for each function its value, derivatives and flags at every point."""
    functions = [
        {
            **described(name, result),
            "engine": result.engine,
            "layout": result.layout,
            ("residual" if result.dependent else "value"): numbers_json(result.value, style),
            "derivatives": _named_numbers(result.derivatives, style),
            **_gradient(result, style),
            "flags": [flag_names(bits) for bits in result.flags.tolist()],
            "verdicts": {key: verdicts_json(verdicts) for key, verdicts in result.verdicts.items()},
            "value_verdicts": [] if result.value_verdicts is None else verdicts_json(result.value_verdicts),
            **_exact_values(result),
            **_uncertainty(result, style),
            **_elasticities(result, style),
            **({"total": result.total, "rows": result.rows} if result.total else {}),
        }
        for name, result in named(results)
    ]
    return _headed(results[0].at, results[0].value, functions, style)


def _elasticities(result: Result, style: Style) -> dict[str, Any]:
    if not result.elasticities:
        return {}
    verdicts = {key: verdicts_json(each) for key, each in result.elasticity_verdicts.items()}
    return {"elasticities": _named_numbers(result.elasticities, style), "elasticity_verdicts": verdicts}


def formulas_json_object(results: Sequence[SymbolicResult]) -> dict[str, Any]:
    """For each function its derivatives as formulas."""
    functions = [
        {
            **described(name, result),
            "derivatives": _canonical(result.derivatives),
            **({"elasticities": _canonical(result.elasticities)} if result.elasticities else {}),
        }
        for name, result in named(results)
    ]
    return {"version": VERSION, "functions": functions}


def _canonical(formulas: Mapping[str, Expression]) -> dict[str, str]:
    return {variable: formula.canonical_text for variable, formula in formulas.items()}


def series_json_object(results: Sequence[SeriesResult], style: Style) -> dict[str, Any]:
    """The points, and for each function its Taylor polynomial about every point."""
    import numpy as np  # late, since formulas need none

    functions = [
        {
            **described(name, result),
            "engine": "taylor",
            "variable": result.variable,
            "degree": result.coefficients.shape[1] - 1,
            "polynomials": [polynomial_text(result, point, style.digits) for point in range(len(result.coefficients))],
            "coefficients": [numbers_json(row, style) for row in result.coefficients],
            "interval": None if result.interval is None else numbers_json(np.array(result.interval), Style()),
            "remainder": None if result.remainder is None else [numbers_json(row, Style()) for row in result.remainder],
            "flags": [flag_names(bits) for bits in result.flags.tolist()],
            "verdicts": [list(row) for row in zip(*map(verdicts_json, result.verdicts), strict=True)],
            **(
                {"exact": [list(row) for row in zip(*map(texts_json, result.exact), strict=True)]}
                if result.exact
                else {}
            ),
        }
        for name, result in named(results)
    ]
    return _headed(results[0].at, results[0].coefficients, functions, style)


def answer_json_object(answer: Answer) -> dict[str, Any]:
    """Whether a claim is a derivative, where it is not, and what went wrong."""
    example = answer.counterexample
    claimed = SymbolicResult(answer.expression, {answer.key: answer.claim}, dependent=answer.dependent)
    return {
        "version": VERSION,
        **described(function_names([claimed])[0], claimed),
        "derivative": answer.key,
        "claim": answer.claim.canonical_text,
        "truth": answer.truth and answer.truth.canonical_text,
        "shorter": answer.shorter and answer.shorter.canonical_text,
        "equal": answer.equal,
        "how": answer.how,
        "points": answer.points,
        "digits": answer.digits,
        "counterexample": example and _counterexample(example),
        "diagnosis": {"kind": answer.diagnosis.kind, "message": answer.diagnosis.message},
        **({"on_curve": answer.on_curve} if answer.dependent else {}),
        "gaps": [_place(gap) for gap in answer.gaps],
        "open": answer.open,
        "meant": answer.meant and _meant(answer.meant),
    }


def _meant(meant: Answer) -> dict[str, Any]:
    """The meaning of the texts by which a claim is right, as they are written for it."""
    return {"expression": meant.expression.source, "claim": meant.claim.source, "how": meant.how}


def _counterexample(example: Counterexample) -> dict[str, Any]:
    claim = None if example.claim is None else _number(example.claim)
    numbers = {"derivative": _number(example.derivative), "claim": claim}
    functions = {"functions": dict(example.functions)} if example.functions else {}
    return {"at": _place(example.at), **functions, **numbers, "reason": example.reason}


def _place(at: Mapping[str, Fraction | Tree]) -> dict[str, str]:
    return {name: str(value) if isinstance(value, Fraction) else text_of(value) for name, value in at.items()}


def _headed(
    at: dict[str, FloatArray], numbers: FloatArray, functions: list[dict[str, Any]], style: Style
) -> dict[str, Any]:
    points = _named_numbers(at, style)
    return {"version": VERSION, "dtype": str(numbers.dtype), "at": points, "functions": functions}


def described(name: str, result: AnyResult) -> dict[str, Any]:
    """The function or the equation, and along which direction it is differentiated."""
    expression = result.expression
    described = {
        "name": name,
        "source": expression.source,
        "expression": expression.canonical_text,
        "variables": list(expression.variables),
        "definitions": {definition.name: text_of(definition.tree) for definition in expression.definitions},
    }
    if isinstance(result, SeriesResult):
        return described
    if result.direction is not None:
        components = {name: numbers_json(values[:1], Style())[0] for name, values in result.direction.at.items()}
        described["direction"] = components
    return described | ({"dependent": result.dependent} if result.dependent else {})


def _exact_values(result: Result) -> dict[str, Any]:
    """The exact values, where any were looked for."""
    if not (result.exact or result.exact_value):
        return {}
    value = {} if result.dependent else {"exact_value": texts_json(result.exact_value)}
    return {"exact": {key: texts_json(exact) for key, exact in result.exact.items()}, **value}


def texts_json(exact: Exact) -> list[str | None]:
    """Exact values as texts, None where none is known."""
    return [None if known is None else known.canonical_text for known in exact]


def _uncertainty(result: Result, style: Style) -> dict[str, Any]:
    """What the uncertainties of the variables make of the value; null stands for what is not known."""
    spread = result.propagated
    if spread is None:
        return {}
    bounds = {"low": _known(spread.low, Style()), "high": _known(spread.high, Style())}
    return {
        "uncertainty": {
            "inputs": _named_numbers(spread.inputs, style),
            "correlations": [[*pair, value] for pair, value in spread.correlations.items()],
            "sensitivities": _named_numbers(spread.sensitivities, style),
            "sigma": numbers_json(spread.sigma, style),
            "shares": {name: _known(values, style) for name, values in spread.shares.items()},
            "bias": _known(spread.bias, style),
            "second": _known(spread.second, style),
            "linear": [LINEAR[code] for code in spread.linear.tolist()],
            "error": _known(spread.error, Style()),
            **bounds,
        }
    }


def _known(values: FloatArray, style: Style) -> list[float | str | None]:
    """Numbers, and None for NaN."""
    return [None if number == "nan" else number for number in numbers_json(values, style)]


def _gradient(result: Result, style: Style) -> dict[str, Any]:
    norm = result.gradient_norm
    if norm is None:
        return {}
    direction = _named_numbers(result.gradient_direction, style)
    return {"gradient": {"norm": numbers_json(norm, style), "direction": direction}}


def _named_numbers(columns: dict[str, FloatArray], style: Style) -> dict[str, list[float | str]]:
    return {name: numbers_json(values, style) for name, values in columns.items()}


def verdicts_json(verdicts: Verdicts) -> list[dict[str, Any] | None]:
    """What was found of each number, all of it."""
    found = [verdicts[point] for point in range(len(verdicts))]
    return [None if verdict is None else _verdict(verdict) for verdict in found]


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {key: _number(each) if isinstance(each, float) else each for key, each in asdict(verdict).items()}


def _number(number: float) -> float | str:
    import numpy as np  # late, since formulas need none

    return numbers_json(np.array([number]), Style())[0]


def numbers_json(values: FloatArray, style: Style) -> list[float | str]:
    """Numbers as JSON holds them; "nan", "inf" and "-inf" are text since JSON has no such numbers."""
    texts = number_texts(values, style.digits)
    return [_exact(text) if math.isfinite(value) else text for text, value in zip(texts, values.tolist(), strict=True)]


def _exact(text: str) -> float | int:
    """A number whose JSON text is as short as ours: whole numbers without a point, within float64's integers."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 and not text.startswith("-0") else value
