"""deriv, a derivative calculator that shows how far its numbers can be trusted."""

from derivcli.check.custom.report import FunctionReport
from derivcli.check.verdict import Verdict, Verdicts
from derivcli.derive import derive, hessian, implicit, jacobian, parse, polynomial, series
from derivcli.errors import DerivError, ExitStatus, Note, Span
from derivcli.language.expression import Definition, Expression
from derivcli.result import FLAGS, Jacobian, Result, SeriesResult, SymbolicResult
from derivcli.teach import check_function, explain, script

__all__ = [
    "FLAGS",
    "Definition",
    "DerivError",
    "ExitStatus",
    "Expression",
    "FunctionReport",
    "Jacobian",
    "Note",
    "Result",
    "SeriesResult",
    "Span",
    "SymbolicResult",
    "Verdict",
    "Verdicts",
    "check_function",
    "derive",
    "explain",
    "hessian",
    "implicit",
    "jacobian",
    "parse",
    "polynomial",
    "script",
    "series",
]
