"""The uncertainty budget of a value: what each input contributes, and whether the linear estimate is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from derivcli.propagated import GOOD, OFF, Propagated
from derivcli.render.blocks import Block, Column, Equations, Gap, Line, Sentence, Style, Table, fit
from derivcli.render.labels import Label, name_latex
from derivcli.render.linear_counts import LinearCounts
from derivcli.render.numbers import latex_number, number_at, outward_texts
from derivcli.render.quantities import exact_text, named, notation_of, point_text
from derivcli.result import FloatArray, Result

MAX_BUDGETS = 4
"""Values, of functions and at points, of which each has a budget."""

SPREAD_DIGITS = 2
"""Significant digits of an uncertainty where its value is rounded to the last of them."""

PART_DIGITS = 4
"""Significant digits of uncertainties and contributions in a budget."""

LONG_WORDS, SHORT_WORDS = ("sensitivity", "contribution"), ("slope", "part")
"""What a derivative by an input is called, and the uncertainty that an input alone gives the value."""

LEAST_PERCENT = Decimal("0.001")
"""A smaller error is told as this."""

NOTABLE_BIAS = 0.01
"""The part of an uncertainty from which on a shift of the mean is told."""

FIXED_EXPONENTS = range(-4, 15)
"""Of numbers of this size all digits are written out."""

MAX_PLAIN_LETTERS = 10
"""A rounded number that is longer without an exponent has one."""

FLOAT_DIGITS = 17
"""An uncertainty behind so many digits of a value changes none of them."""


def has_budgets(results: Sequence[Result]) -> bool:
    """Whether each value has a budget, as few have."""
    return results[0].propagated is not None and 0 < len(results) * len(results[0].value) <= MAX_BUDGETS


def budgets(results: Sequence[Result], style: Style) -> list[Block]:
    """For each value at each point itself with its uncertainty, the table of its inputs, and what is known of it."""
    blocks: list[Block] = []
    count = len(results[0].value)
    for point in range(count):
        for name, result in named(results):
            assert result.propagated is not None, "all results have uncertainties"
            title = Sentence(f"at {point_text(result.at, point, style)}", "title")
            blocks += [Gap(), *([title] if count > 1 else []), _head(name, result, result.propagated, point, style)]
            blocks.append(_budget(name, result, result.propagated, point, style))
            blocks.append(_correlated(result.propagated))
            blocks += [Sentence(text) for text in _sentences(name, result, result.propagated, point, style)]
    return blocks


def rounded(value: float, sigma: float) -> tuple[str, str, int]:
    """A value and its uncertainty with two digits, both to the same place, and the power of ten that both are over."""
    if not (math.isfinite(value) and math.isfinite(sigma)) or sigma == 0:
        return number_of(value), number_of(sigma), 0
    exact, spread = Decimal(repr(value)), Context(prec=SPREAD_DIGITS).create_decimal(repr(sigma))
    place = spread.adjusted() - SPREAD_DIGITS + 1
    if exact.adjusted() - place > FLOAT_DIGITS:
        return number_of(value), number_of(sigma, SPREAD_DIGITS), 0
    exact, spread = (each.quantize(Decimal(1).scaleb(place)) for each in (exact, spread))
    size = max(exact.adjusted() if exact else place, spread.adjusted())
    power = 0 if place <= 0 and size in FIXED_EXPONENTS else size
    return f"{exact.scaleb(-power):f}", f"{spread.scaleb(-power):f}", power


def number_of(value: float, digits: int = 17) -> str:
    """A number in as few digits as say it, or in so many."""
    from numpy import array

    return number_at(array([value]), 0, None if digits >= 17 else digits)


def _head(name: str, result: Result, spread: Propagated, point: int, style: Style) -> Equations:
    """The value with its uncertainty, rounded as reports have it."""
    value, sigma, power = rounded(float(result.value[point]), float(spread.sigma[point]))
    sign = "±" if style.unicode else "+-"
    text = value if sigma == "nan" else f"{value} {sign} {sigma}"
    text = f"({text})e{power}" if power else text
    if spread.linear[point] == OFF:
        text += ", by the linear estimate, which is off"

    def latex() -> list[Line]:
        both = latex_number(value) + ("" if sigma == "nan" else rf" \pm {latex_number(sigma)}")
        return [(name_latex(name), "=", rf"\left({both}\right) \cdot 10^{{{power}}}" if power else both)]

    return Equations([(name, text)], latex, role="value")


def _budget(name: str, result: Result, spread: Propagated, point: int, style: Style) -> Table:
    """A row for each input, and one for the value."""
    names = [*result.at]
    sign = "±" if style.unicode else "+-"
    cells = {
        "value": _values(result, spread, point, style),
        sign: [_size(spread, each, point, style) for each in names],
        LONG_WORDS[0]: _numbers(result.derivatives | spread.sensitivities, names, point, style),
        LONG_WORDS[1]: [_contribution(spread, each, point, style) for each in names],
        "elasticity": _numbers(result.elasticities, names, point, style),
        "share": [_share(spread, each, point) for each in names],
    }
    sigma = "" if math.isnan(spread.sigma[point]) else _short(spread.sigma[point], style)
    total = {"value": number_at(result.value, point, style.digits), sign: sigma, LONG_WORDS[1]: sigma}
    total["share"] = "100.0 %" if spread.sigma[point] > 0 else ""
    exact = {
        "value": [*[""] * len(names), exact_text(result.exact_value, point)],
        LONG_WORDS[0]: [*(exact_text(result.exact.get(each, ()), point) for each in names), ""],
    }
    columns = [Column("", [*names, name], "name", numeric=False)]
    for label, texts in cells.items():
        if any(texts) or label != "elasticity":
            role = "derivative" if label == LONG_WORDS[0] else ""
            columns.append(Column(label, [*texts, total.get(label, "")], role, exact=exact.get(label, ())))
    return Table(_fitted(columns, style), lambda: _latex_lines(name, result, names, [*cells.values()]))


def _values(result: Result, spread: Propagated, point: int, style: Style) -> list[str]:
    """The values of the inputs, as formulas where they were typed so."""
    found = []
    for name, values in result.at.items():
        typed = result.typed[name][point] if name in result.typed else ""
        found.append(typed or _padded(number_at(values, point, style.digits), _size(spread, name, point, style)))
    return found


def _size(spread: Propagated, name: str, point: int, style: Style) -> str:
    """The uncertainty of an input, if it has one."""
    return _short(spread.inputs[name][point], style) if name in spread.inputs else ""


def _numbers(of: Mapping[str, FloatArray], names: Sequence[str], point: int, style: Style) -> list[str]:
    """A number for each input for which there is one."""
    return [number_at(of[each], point, style.digits) if each in of else "" for each in names]


def _fitted(columns: Sequence[Column], style: Style) -> Sequence[Column]:
    """The columns with short names where they are too wide, and then without the contributions."""
    if fit(columns, style):
        return columns
    words = dict(zip(LONG_WORDS, SHORT_WORDS, strict=True))
    short = [replace(column, label=words.get(column.label, column.label)) for column in columns]
    return short if fit(short, style) else [column for column in short if column.label != SHORT_WORDS[1]]


def _padded(value: str, size: str) -> str:
    """The text of a value with as many decimals as its uncertainty has."""
    if "e" in value + size or not (value + size).replace(".", "").replace("-", "").isdecimal():
        return value
    missing = len(size.partition(".")[2]) - len(value.partition(".")[2])
    return value if missing <= 0 or not size else f"{value}{'' if '.' in value else '.'}{'0' * missing}"


def _contribution(spread: Propagated, name: str, point: int, style: Style) -> str:
    """What the uncertainty of the value would be if only this input were uncertain."""
    if name not in spread.inputs:
        return ""
    return _short(abs(float(spread.sensitivities[name][point]) * float(spread.inputs[name][point])), style)


def _short(value: float, style: Style) -> str:
    """A number in a few digits, with an exponent where it is very large or small."""
    digits = style.digits or PART_DIGITS
    plain = number_of(float(f"{value:.{digits}g}"))
    return plain if len(plain) <= MAX_PLAIN_LETTERS else number_of(float(value), digits)


def _share(spread: Propagated, name: str, point: int) -> str:
    """The percent of the square of the uncertainty that is an input's."""
    share = float(spread.shares[name][point]) if name in spread.shares else math.nan
    return "" if math.isnan(share) else f"{100 * share:.1f} %".replace("-0.0 %", "0.0 %")


def _latex_lines(name: str, result: Result, names: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Line]:
    """Each input with its uncertainty, its sensitivity and its contribution."""
    lines = []
    for each, value, size, slope, part, _, share in zip(names, *columns, strict=True):
        label = Label(name, (each,), notation_of(result)).latex
        right = latex_number(value) + (rf" \pm {latex_number(size)}" if size else "")
        right += rf", \quad {label} = {latex_number(slope)}" if slope else ""
        if size:
            told = share.replace("%", r"\%").replace(" ", r"\,")
            right += rf", \quad \left|{label}\right| u({name_latex(each)}) = {latex_number(part)}"
            right += rf" \quad ({told})" if told else ""
        lines.append((name_latex(each), "=", right))
    return lines


def _sentences(name: str, result: Result, spread: Propagated, point: int, style: Style) -> list[str]:
    """What is known of an uncertainty beside its size."""
    said = [_linear(spread, point), _shifted(name, result, spread, point)]
    return [text for text in [*said, _reach(name, spread, point, style)] if text]


def _correlated(spread: Propagated) -> Sentence:
    """The correlations, if there are some."""
    pairs = [f"r({one}, {other}) = {number_of(value)}" for (one, other), value in spread.correlations.items()]

    def latex() -> list[Line]:
        return [
            (f"r({name_latex(one)}, {name_latex(other)})", "=", latex_number(number_of(value)))
            for (one, other), value in spread.correlations.items()
        ]

    return Sentence(f"correlated: {', '.join(pairs)}" if pairs else "", latex=latex)


def _linear(spread: Propagated, point: int) -> str:
    """Whether the linear estimate is right."""
    sigma, second = float(spread.sigma[point]), float(spread.second[point])
    error, code = float(spread.error[point]), int(spread.linear[point])
    if code == GOOD:
        size = " to 1 %" if math.isnan(error) else f" to {_percent(error)} (proved)" if error else " (proved)"
        return f"for normal inputs the linear estimate is right{size}"
    if code == OFF:
        known = abs(second - sigma) > NOTABLE_BIAS * sigma
        more = f", and with the second order it is {number_of(second, SPREAD_DIGITS)}" if known else ""
        says = number_of(sigma, SPREAD_DIGITS)
        return f"for normal inputs the linear estimate is off by more than 1 %: it says {says}{more}"
    return f"whether the linear estimate is right to 1 % is not decided: {_why(spread, point)}" if code else ""


def _why(spread: Propagated, point: int) -> str:
    """Why it is not decided, by what else is known."""
    if not math.isfinite(float(spread.sigma[point])):
        return "it is no number"
    if not math.isnan(float(spread.error[point])):
        return f"it is off by at most {_percent(float(spread.error[point]))}, perhaps by less than 1 %"
    if math.isnan(float(spread.low[point])):
        return "no bounds of the values were found, as where a pole, an edge or a jump is within reach"
    return "no bounds were found that are close enough"


def _percent(error: float) -> str:
    """A bound of a relative error in percent, rounded up to two digits."""
    percent = max(Decimal(repr(error)) * 100, LEAST_PERCENT)
    place = percent.adjusted() - SPREAD_DIGITS + 1
    bound = float(percent.scaleb(-place).to_integral_value(ROUND_CEILING).scaleb(place))
    return f"{number_of(bound)} %"


def _shifted(name: str, result: Result, spread: Propagated, point: int) -> str:
    """How much the second order shifts the mean, where that matters."""
    bias, sigma = float(spread.bias[point]), float(spread.sigma[point])
    if math.isnan(bias) or abs(bias) <= NOTABLE_BIAS * sigma:
        return ""
    mean = number_of(float(result.value[point]) + bias, PART_DIGITS)
    return f"the second order shifts the mean of {name} by {number_of(bias, SPREAD_DIGITS)}, to about {mean}"


def _reach(name: str, spread: Propagated, point: int, style: Style) -> str:
    """Between what the values lie."""
    low, high = spread.low[point : point + 1], spread.high[point : point + 1]
    if math.isnan(float(low[0])) or math.isnan(float(high[0])):
        return ""
    digits = style.digits or _digits_down_to(float(spread.sigma[point]), max(abs(float(low[0])), abs(float(high[0]))))
    ends = outward_texts(low, digits, ROUND_FLOOR)[0], outward_texts(high, digits, ROUND_CEILING)[0]
    where = f"is {ends[0]}" if ends[0] == ends[1] else f"is between {ends[0]} and {ends[1]}"
    return f"anywhere within three uncertainties of each input {name} {where}"


def _digits_down_to(sigma: float, largest: float) -> int:
    """The digits of a number that reach the second one of an uncertainty."""
    if not 0 < sigma < math.inf or not largest:
        return PART_DIGITS
    reached = Decimal(repr(largest)).adjusted() - Decimal(repr(sigma)).adjusted() + SPREAD_DIGITS
    return min(max(reached, SPREAD_DIGITS), FLOAT_DIGITS)


def spread_sentences(results: Sequence[Result], style: Style) -> list[Block]:
    """Of many points how many of the linear estimates are right."""
    counts = LinearCounts()
    counts.add(results)
    return [Sentence(line) for line in counts.lines()]
