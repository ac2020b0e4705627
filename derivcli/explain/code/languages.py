"""The languages that `--code` writes. To add one, write its dialect in a file of `dialects/` and a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from derivcli.errors import DerivError

if TYPE_CHECKING:
    from derivcli.explain.code.dialect import Dialect
    from derivcli.explain.code.function_plan import FunctionPlan
    from derivcli.language.functions.row import Function

TORCH = "torch"


@dataclass(frozen=True, slots=True)
class Language:
    """All that is known of a language, but how it writes formulas, which is in its file."""

    name: str
    title: str
    """What it is called in a sentence."""
    suffix: str
    """The ending of a file's name."""
    load: Callable[[], Callable[[FunctionPlan], str]] | None
    """Imports what writes a function; PyTorch's scripts are written otherwise."""
    load_dialect: Callable[[], Dialect] | None = None
    synonyms: str = ""
    """Words that people type for it."""

    @property
    def needs_points(self) -> bool:
        """Whether there is no code without points."""
        return self.load is None


def _row(name: str, title: str, suffix: str, synonyms: str = "", file: str = "") -> Language:
    file = f"derivcli.explain.code.dialects.{file or name}"
    return Language(
        name,
        title,
        suffix,
        partial(resolve_name, f"{file}:write_{name}"),
        partial(resolve_name, f"{file}:{name.upper()}"),
        synonyms,
    )


LANGUAGES: dict[str, Language] = {
    row.name: row
    for row in (
        Language(TORCH, "PyTorch", ".py", None, synonyms="pytorch python"),
        _row("numpy", "NumPy", ".py", "np scipy", file="arrays"),
        _row("jax", "JAX", ".py", "jnp", file="arrays"),
        _row("sympy", "SymPy", ".py", "symbolic"),
        _row("c", "C", ".c", "c99 cpp c++ ansi-c"),
        _row("fortran", "Fortran", ".f90", "f90 f95 f2008"),
        _row("julia", "Julia", ".jl", "jl"),
        _row("rust", "Rust", ".rs", "rs"),
        _row("matlab", "MATLAB", ".m", "octave m"),
    )
}


def language_named(name: str) -> Language:
    """The language of that name."""
    if name not in LANGUAGES:
        raise DerivError(f"'{name}' is no language that code is written in", hint=f"choose {' or '.join(LANGUAGES)}")
    return LANGUAGES[name]


def having(row: Function) -> list[str]:
    """The languages that have a function for a row."""
    dialects = {name: each.load_dialect() for name, each in LANGUAGES.items() if each.load_dialect is not None}
    return [name for name, dialect in dialects.items() if row.name in dialect.functions]
