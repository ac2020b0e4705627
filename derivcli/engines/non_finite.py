"""Points that are not finite, which come from files and arrays: nothing has a value there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from derivcli.flag_table import FLAG_TABLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from derivcli.result import FloatArray, Result, SeriesResult

UNDEFINED = FLAG_TABLE["undefined"].mask


def without_numbers(results: list[Result]) -> list[Result]:
    """The results with no numbers at points that are not finite."""
    import numpy as np

    arrays = results[0].at.values() if results else ()
    with np.errstate(all="ignore"):
        sums = [float(values.sum()) for values in arrays if len(values)]  # at once of all that are
    if all(map(math.isfinite, sums)):
        return results
    nowhere = ~results[0].finite
    return [_without(result, nowhere) for result in results] if nowhere.any() else results


def without_coefficients(result: SeriesResult) -> SeriesResult:
    """The polynomials with no numbers about points that are not finite."""
    import numpy as np

    nowhere = ~result.finite
    flags = np.where(nowhere, np.uint8(UNDEFINED), result.flags)
    return replace(result, coefficients=_blank(result.coefficients, nowhere[:, None]), flags=flags)


def _without(result: Result, nowhere: NDArray[np.bool_]) -> Result:
    """The result with no number at some points, which are flagged."""
    import numpy as np

    derivatives = {key: _blank(values, nowhere) for key, values in result.derivatives.items()}
    flags = np.where(nowhere, np.uint8(UNDEFINED), result.flags)
    return replace(result, value=_blank(result.value, nowhere), derivatives=derivatives, flags=flags)


def _blank(numbers: FloatArray, nowhere: NDArray[Any]) -> FloatArray:
    import numpy as np

    return np.where(nowhere, np.asarray(np.nan, numbers.dtype), numbers)
