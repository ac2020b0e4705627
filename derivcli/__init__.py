"""deriv, a derivative calculator that shows how far its numbers can be trusted."""

from derivcli.check.verdict import Verdict, Verdicts
from derivcli.custom.report import FunctionReport
from derivcli.errors import ArgumentError, DerivError, ExitStatus, Note, Span
from derivcli.explain.answer.answer import Answer, Counterexample, Diagnosis
from derivcli.explain.ledger import Ledger, Node
from derivcli.explain.steps.derivation import Derivation, Step
from derivcli.flag_table import FLAGS
from derivcli.language.expression import Definition, Expression
from derivcli.result import Jacobian, Result, SeriesResult, SymbolicResult

# isort: split
# Last, since the import of the folder explain/ gives its name to the folder.
from derivcli.api import (
    answer,
    check_function,
    derive,
    explain,
    hessian,
    implicit,
    jacobian,
    parse,
    polynomial,
    script,
    series,
    steps,
)

__version__ = "0.1.0"

__all__ = [
    "FLAGS",
    "Answer",
    "ArgumentError",
    "Counterexample",
    "Definition",
    "DerivError",
    "Derivation",
    "Diagnosis",
    "ExitStatus",
    "Expression",
    "FunctionReport",
    "Jacobian",
    "Ledger",
    "Node",
    "Note",
    "Result",
    "SeriesResult",
    "Span",
    "Step",
    "SymbolicResult",
    "Verdict",
    "Verdicts",
    "answer",
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
    "steps",
]
