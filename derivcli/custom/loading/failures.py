"""What a user's own functions raise, which is no error of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, failure

if TYPE_CHECKING:
    from derivcli.language.expression import Expression


@contextmanager
def user_failures(expressions: Sequence[Expression]) -> Iterator[None]:
    """Refuse what a user's own functions raise, which is no error of ours."""
    try:
        yield
    except (Exception, SystemExit) as error:
        names = dict.fromkeys(name for expression in expressions for name in expression.custom_functions)
        if isinstance(error, DerivError) or not names:
            raise
        late = isinstance(error, ModuleNotFoundError)
        hint = "import it at the head of the file" if late else "`deriv check-fn FILE.py:NAME` tells more of it"
        raise DerivError(f"{' or '.join(names)} fails: {failure(error)}", hint=hint) from error
