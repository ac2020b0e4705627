"""Formulas that SymPy made, as a text of ours: its own text, with numbers as exact as they are."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from derivcli.language.lexer.tokens import is_name

DOUBLE_BITS = 53

FOREIGN = (sympy.I, sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
"""What no formula over the real numbers holds."""


class _Writer(StrPrinter):  # type: ignore[misc]
    """SymPy's own writer, but for float64 numbers, which that one cuts to 15 digits."""

    def _print_Float(self, number: Any) -> str:  # noqa: N802 (SymPy looks for it by this name)
        if number._prec <= DOUBLE_BITS:
            return repr(float(number))
        return str(super()._print_Float(number))


def symbols_of(formula: Any) -> list[str]:
    """The names of its symbols, in their order; those that are bound are none."""
    return sorted(each.name for each in formula.free_symbols)


def text_of_sympy(formula: Any) -> str:
    """The text of a formula."""
    return str(_Writer({"full_prec": True}).doprint(formula))


def reason_against(formula: Any) -> str:
    """Why a formula of SymPy's cannot be read from its text, in the middle of a sentence; "" where it can."""
    if not isinstance(formula, sympy.Expr):
        return f"is a formula, and not {type(formula).__name__}"
    if formula.has(*FOREIGN):
        return "holds what is no real number"
    names = symbols_of(formula)
    odd = [name for name in names if not is_name(name)]
    if odd:
        return f"has a symbol '{odd[0]}', which is no name here"
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        return f"has two symbols that are called {twice[0]}"
    taken = {str(each) for each in formula.atoms(sympy.NumberSymbol)} & {*names}
    return f"has a symbol that is called like the number {min(taken)}" if taken else ""
