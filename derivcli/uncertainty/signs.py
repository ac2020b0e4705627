"""Formulas that are nowhere negative, by their form. (Of a ball that begins at 0 rounding makes one that does not.)"""

from __future__ import annotations

from collections import Counter

from derivcli.engines.balls.tape import Tape

NONNEGATIVE = frozenset({"abs", "exp", "cosh", "relu", "hypot", "e", "pi", "sigmoid", "sech"})
"""Operations whose value never is negative, whatever their operands."""


def is_nonnegative(tape: Tape, number: int) -> bool:
    """Whether a node has no negative value where it has one."""
    node = tape.nodes[number]
    if node.operation == "number":
        return bool(node.data >= 0)
    if node.operation == "multiply":
        odd = [part for part, count in Counter(node.parts).items() if count % 2]
        return all(is_nonnegative(tape, part) for part in odd)
    if node.operation == "add":
        return all(is_nonnegative(tape, part) for part in node.parts)
    if node.operation == "power":
        exponent = tape.nodes[node.parts[1]]
        even = exponent.operation == "number" and (exponent.data.q != 1 or exponent.data.p % 2 == 0)
        return even or is_nonnegative(tape, node.parts[0])
    return node.operation in NONNEGATIVE
