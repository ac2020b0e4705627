"""deriv, a derivative calculator that shows how far its numbers can be trusted."""

from derivcli.check.verdict import Verdict, Verdicts
from derivcli.derive import derive, hessian, implicit, jacobian, parse, polynomial, series
from derivcli.errors import DerivError, ExitStatus, Note, Span
from derivcli.explain.derivation import Derivation, Step
from derivcli.language.expression import Definition, Expression
from derivcli.result import FLAGS, Jacobian, Result, SeriesResult, SymbolicResult
from derivcli.teach import steps

__all__ = [
    "FLAGS",
    "Definition",
    "DerivError",
    "Derivation",
    "ExitStatus",
    "Expression",
    "Jacobian",
    "Note",
    "Result",
    "SeriesResult",
    "Span",
    "Step",
    "SymbolicResult",
    "Verdict",
    "Verdicts",
    "derive",
    "hessian",
    "implicit",
    "jacobian",
    "parse",
    "polynomial",
    "series",
    "steps",
]
