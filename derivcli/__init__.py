"""deriv, a derivative calculator that shows how far its numbers can be trusted."""

from derivcli.check.verdict import Verdict, Verdicts
from derivcli.derive import derive, parse
from derivcli.errors import DerivError, ExitStatus, Note, Span
from derivcli.language.expression import Definition, Expression
from derivcli.result import FLAGS, Result, SymbolicResult

__all__ = [
    "FLAGS",
    "Definition",
    "DerivError",
    "ExitStatus",
    "Expression",
    "Note",
    "Result",
    "Span",
    "SymbolicResult",
    "Verdict",
    "Verdicts",
    "derive",
    "parse",
]
