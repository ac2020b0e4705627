"""A Taylor series in the words that formats share: its heading, its equation, its remainder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derivcli.check.verdict_kinds import codes_of
from derivcli.render.blocks import Style
from derivcli.render.labels import Label
from derivcli.render.numbers import number_texts, outward_texts
from derivcli.render.polynomial import centre, exact_polynomial_text, offset_text, polynomial_text, power_text
from derivcli.render.quantities import OUTWARD, Quantity, named, point_text
from derivcli.result import SeriesResult

REMAINDER_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Expansion:
    """The Taylor polynomial of one function about one point."""

    name: str
    result: SeriesResult
    point: int
    heading: str
    """Of which function and about which point it is, where that is not clear."""

    @property
    def degree(self) -> int:
        """The degree that was asked for."""
        return int(self.result.coefficients.shape[1]) - 1

    def right(self, style: Style) -> str | None:
        """The polynomial of the coefficients; None where one of them is not finite."""
        exact = exact_polynomial_text(self.result, self.point) if style.exact else None
        return exact or polynomial_text(self.result, self.point, style.digits)

    def absence(self) -> str:
        """Why the function has no Taylor polynomial here; "" where it has one for all that is known."""
        import numpy as np  # late, since formulas need none

        infinite = ~np.isfinite(self.result.coefficients[self.point])
        none = codes_of(lambda kind: kind.derivative == "none")
        missing = np.array([verdicts.kinds[self.point] in none for verdicts in self.result.verdicts], np.bool_)
        bad = infinite | missing if missing.size else infinite
        if not bad.any():
            return ""
        first = int(np.flatnonzero(bad)[0])
        number = number_texts(self.result.coefficients[self.point, first : first + 1])[0]
        reason = f"is {number}" if infinite[first] else "does not exist"
        name = coefficient_name(self.result, first, self.point)
        return f"no Taylor polynomial of degree {self.degree}: {name} {reason}"

    def remainder(self, style: Style) -> str:
        """What the function is more than the polynomial; "" where that was not asked."""
        ends = self.remainder_ends(style)
        if ends is None:
            return ""
        start, stop = interval_texts(self.result)
        where = f"for {self.result.variable} from {start} to {stop}"
        if not ends:
            return f"{where}, no enclosure of the remainder was found; the function may not be smooth there"
        polynomial = f"T{self.degree}" + (" with all its digits" if style.digits else "")
        return f"{where}, {self.name} - {polynomial} lies between {ends[0]} and {ends[1]}"

    def remainder_ends(self, style: Style) -> tuple[str, ...] | None:
        """The ends of the remainder, rounded outward; () where none was found, None where none was asked for."""
        import numpy as np  # late, since formulas need none

        if self.result.remainder is None or self.result.interval is None or self.absence():
            return None
        ends = self.result.remainder[self.point]
        if np.isnan(ends).any():
            return ()
        low, high = (outward_texts(ends, style.digits or REMAINDER_DIGITS, rounding) for rounding in OUTWARD.values())
        return low[0], high[1]


def expansions(results: Sequence[SeriesResult], style: Style) -> list[Expansion]:
    """Every polynomial, function by function and point by point."""
    several = sum(len(result.coefficients) for result in results) > 1
    return [
        Expansion(name, result, point, _heading(name if len(results) > 1 else "", result, point, several, style))
        for name, result in named(results)
        for point in range(len(result.coefficients))
    ]


def _heading(name: str, result: SeriesResult, point: int, several: bool, style: Style) -> str:
    others = {variable: values for variable, values in result.at.items() if variable != result.variable}
    if not (several or others):
        return ""
    about = f"about {result.variable} = {centre(result, point)[0]}"
    rest = f", with {point_text(others, point, style)}" if others else ""
    return f"{name} {about}{rest}".lstrip()


def coefficient_quantities(results: Sequence[SeriesResult]) -> list[Quantity]:
    """The points, then each function's coefficients and what its remainder lies between."""
    quantities = [Quantity(Label(name), "at", values) for name, values in results[0].at.items()]
    for function, result in named(results):
        prefix = f"{function} " if len(results) > 1 else ""
        for order, values in enumerate(result.coefficients.T):
            verdicts = result.verdicts[order] if result.verdicts else None
            exact = result.exact[order] if result.exact else ()
            quantities.append(Quantity(Label(f"{prefix}c{order}"), "derivative", values, verdicts, exact=exact))
        if result.remainder is not None:
            ends = zip(OUTWARD, result.remainder.T, strict=True)
            quantities += [Quantity(Label(f"{prefix}remainder {end}"), end, values) for end, values in ends]
    return quantities


def coefficient_name(result: SeriesResult, order: int, point: int) -> str:
    """What a coefficient is called in a sentence."""
    power = power_text(offset_text(result, point), order)
    return f"the coefficient of {power}" if power else "the constant term"


def interval_texts(result: SeriesResult) -> list[str]:
    """The two ends between which the remainder is enclosed."""
    import numpy as np  # late, since formulas need none

    return number_texts(np.array(result.interval))
