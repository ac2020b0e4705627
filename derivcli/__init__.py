"""deriv, a derivative calculator that shows how far its numbers can be trusted."""

import sys

TYPE_CHECKING = False  # that of `typing` takes longer to import than all of this

if TYPE_CHECKING:
    from types import ModuleType

    from derivcli.api import (
        answer,
        check_function,
        check_functions,
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
        study,
    )
    from derivcli.check.verdict import Verdict, Verdicts
    from derivcli.curve_api import parametric, polar, tangent
    from derivcli.custom.report import FileReport, FunctionError, FunctionReport
    from derivcli.errors import ArgumentError, DerivError, ExitStatus, Note, Span
    from derivcli.explain.answer.answer import Answer, Counterexample, Diagnosis
    from derivcli.explain.ledger import Ledger, Node
    from derivcli.explain.steps.derivation import Derivation, Step
    from derivcli.flag_table import FLAGS
    from derivcli.language.expression import Definition, Expression
    from derivcli.picture_api import plot
    from derivcli.pictures.picture import Picture
    from derivcli.result import Jacobian, Result, SeriesResult, SymbolicResult, VectorField
    from derivcli.study.boxes.records import BoxPoint, BoxStudy, CriticalCurve, CurvePoint, CurveStudy, UndecidedBox
    from derivcli.study.curves.curve import Curve, CurveFormulas, Tangents, Touching
    from derivcli.study.questions import Claim, Inverse, Solutions, StudiedInterval
    from derivcli.study.study import Extent, Number, Piece, SpecialPoint, Study, Undecided
    from derivcli.study_api import claim, inverse, solve
    from derivcli.vector_api import curl, differential, divergence, gradient, laplacian
else:
    ModuleType = type(sys)

__version__ = "0.1.0"

__all__ = [
    "FLAGS",
    "Answer",
    "ArgumentError",
    "BoxPoint",
    "BoxStudy",
    "Claim",
    "Counterexample",
    "CriticalCurve",
    "Curve",
    "CurveFormulas",
    "CurvePoint",
    "CurveStudy",
    "Definition",
    "DerivError",
    "Derivation",
    "Diagnosis",
    "ExitStatus",
    "Expression",
    "Extent",
    "FileReport",
    "FunctionError",
    "FunctionReport",
    "Inverse",
    "Jacobian",
    "Ledger",
    "Node",
    "Note",
    "Number",
    "Picture",
    "Piece",
    "Result",
    "SeriesResult",
    "Solutions",
    "Span",
    "SpecialPoint",
    "Step",
    "StudiedInterval",
    "Study",
    "SymbolicResult",
    "Tangents",
    "Touching",
    "Undecided",
    "UndecidedBox",
    "VectorField",
    "Verdict",
    "Verdicts",
    "answer",
    "check_function",
    "check_functions",
    "claim",
    "curl",
    "derive",
    "differential",
    "divergence",
    "explain",
    "gradient",
    "hessian",
    "implicit",
    "inverse",
    "jacobian",
    "laplacian",
    "parametric",
    "parse",
    "plot",
    "polar",
    "polynomial",
    "script",
    "series",
    "solve",
    "steps",
    "study",
    "tangent",
]

_HOMES = {
    "derivcli.api": (
        "answer check_function check_functions derive explain hessian implicit jacobian parse polynomial "
        "script series steps study"
    ),
    "derivcli.check.verdict": "Verdict Verdicts",
    "derivcli.curve_api": "parametric polar tangent",
    "derivcli.custom.report": "FileReport FunctionError FunctionReport",
    "derivcli.errors": "ArgumentError DerivError ExitStatus Note Span",
    "derivcli.explain.answer.answer": "Answer Counterexample Diagnosis",
    "derivcli.explain.ledger": "Ledger Node",
    "derivcli.explain.steps.derivation": "Derivation Step",
    "derivcli.flag_table": "FLAGS",
    "derivcli.language.expression": "Definition Expression",
    "derivcli.picture_api": "PLOTTER plot",
    "derivcli.pictures.picture": "Picture",
    "derivcli.render.notebook": "WRITER",
    "derivcli.result": "Jacobian Result SeriesResult SymbolicResult VectorField",
    "derivcli.study.curves.curve": "Curve CurveFormulas Tangents Touching",
    "derivcli.study.boxes.records": "BoxPoint BoxStudy CriticalCurve CurvePoint CurveStudy UndecidedBox",
    "derivcli.study.questions": "Claim Inverse Solutions StudiedInterval",
    "derivcli.study.study": "Extent Number Piece SpecialPoint Study Undecided",
    "derivcli.study_api": "claim inverse solve",
    "derivcli.vector_api": "curl differential divergence gradient laplacian",
}
"""The modules from which public names are imported when they are first asked for, and what shows their values."""


class _Package(ModuleType):
    """This package as a module: it imports a public name when it is asked for."""

    def __getattr__(self, name: str) -> object:
        for home, names in _HOMES.items():
            if name in names.split():
                from importlib import import_module

                value = getattr(import_module(home), name)
                setattr(self, name, value)
                return value
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __setattr__(self, name: str, value: object) -> None:
        # Importing the folder explain/ would give the function's name to the folder.
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
