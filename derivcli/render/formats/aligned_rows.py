"""What a block is as rows of mathematics, aligned at the signs between their sides."""

from __future__ import annotations

from collections.abc import Sequence

from derivcli.render.blocks import Block, Chain, Equations, Line, Matrices, Polynomial, Sentence, Table


def aligned_rows(block: Block) -> list[str]:
    """The rows that a block comes to; none where there is nothing of it in LaTeX."""
    match block:
        case Chain():
            return [block.latex()]
        case Equations() | Polynomial() | Sentence() | Matrices():
            return _rows(block.latex())
        case Table() if block.latex is not None:
            return _rows(block.latex())
        case _:
            return []


def environment(name: str, rows: Sequence[str]) -> str:
    """Rows in an environment that aligns them."""
    body = " \\\\\n".join(rows)
    return f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}"


def _rows(lines: Sequence[Line]) -> list[str]:
    return [f"{left} &{sign} {right}" for left, sign, right in lines]
