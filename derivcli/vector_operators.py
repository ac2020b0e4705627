"""The operators of vector calculus: what each asks for, and the sums of partial derivatives that it is.

A gradient and a differential are the partial derivatives of one function. A divergence, a curl and a Laplacian are sums
of them, each of which is one number: a row says which, and everything else reads the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from derivcli.result import Sum, Sums, Term


@dataclass(frozen=True, slots=True)
class VectorOperator:
    """An operator: the option `--name`, and what it makes of so many functions in these variables.

    `sums` has for each function those that stand with it; what comes of several functions stands with the last one.
    The signs stand for {f}: in ASCII, for people, and in LaTeX.
    """

    name: str
    help: str
    noun: str
    order: int
    signs: tuple[str, str, str]
    counts: Callable[[int, int], bool]
    """Tells whether it is one of so many functions in so many variables."""
    needs: str
    """Says of how many it is one."""
    sums: Callable[[int, Sequence[str]], Sequence[Sums]]
    other_count: str = ""
    """The way out of a number of functions that is none of its."""

    def way_out(self, functions: int, variables: Sequence[str]) -> str:
        """What to do where it is none of so many functions in these variables."""
        if not self.counts(functions, functions):
            return self.other_count
        names = [*variables, *(name for name in "xyzuvw" if name not in variables)][:functions]
        return f"name {functions}, as in `--wrt {','.join(names)}`"


def _none(functions: int, variables: Sequence[str]) -> list[Sums]:
    return [{}] * functions


def _divergence(functions: int, variables: Sequence[str]) -> list[Sums]:
    terms = tuple(Term(1, place, (name,)) for place, name in enumerate(variables))
    return [*_none(functions - 1, variables), {"div": terms}]


def _curl(functions: int, variables: Sequence[str]) -> list[Sums]:
    """Its component along one axis turns the next one into the one after it."""

    def turn(one: int, other: int) -> Sum:
        return Term(1, other, (variables[one],)), Term(-1, one, (variables[other],))

    if functions == 2:
        return [{}, {"curl": turn(0, 1)}]
    turns = {f"curl,{variables[axis]}": turn((axis + 1) % 3, (axis + 2) % 3) for axis in range(3)}
    return [{}, {}, turns]


def _laplacian(functions: int, variables: Sequence[str]) -> list[Sums]:
    return [{"laplacian": tuple(Term(1, place, (name, name)) for name in variables)} for place in range(functions)]


OF_ALL = "`shell:leave out --{} to see the derivatives of all``python:jacobian gives the derivatives of all`"

VECTOR_OPERATORS: Mapping[str, VectorOperator] = {
    row.name: row
    for row in (
        VectorOperator(
            "gradient", "The gradient of a function: the vector of its partial derivatives.", "a gradient", 1,
            ("grad {f}", "∇{f}", r"\nabla {f}"),
            lambda functions, variables: functions == 1, "one expression", _none, OF_ALL.format("gradient"),
        ),
        VectorOperator(
            "div", "The divergence of a vector field: an expression for each variable.", "a divergence", 1,
            ("div {f}", "div {f}", r"\operatorname{{div}} {f}"),
            lambda functions, variables: functions == variables, "as many expressions as variables", _divergence,
        ),
        VectorOperator(
            "curl", "The curl of a vector field: of two expressions a number, of three a vector.", "a curl", 1,
            ("curl {f}", "curl {f}", r"\operatorname{{curl}} {f}"),
            lambda functions, variables: functions == variables and functions in (2, 3),
            "two expressions in two variables, or three in three", _curl,
            "write two expressions, or three",
        ),
        VectorOperator(
            "laplacian", "The Laplacian of each expression: the sum of its second partial derivatives.",
            "a Laplacian", 2, ("laplacian {f}", "Δ{f}", r"\Delta {f}"),
            lambda functions, variables: True, "", _laplacian,
        ),
        VectorOperator(
            "differential", "The total differential of a function, df = f_x dx + f_y dy.", "a differential", 1,
            ("d{f}", "d{f}", "d{f}"),
            lambda functions, variables: functions == 1, "one expression", _none, OF_ALL.format("differential"),
        ),
    )
}  # fmt: skip
"""Every operator by its name, in the order in which help shows them."""
