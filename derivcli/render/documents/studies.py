"""The documents of studies, by what was studied."""

from __future__ import annotations

from derivcli.language.expression import Expression
from derivcli.render.blocks import Document, Style
from derivcli.render.documents.study import study_document
from derivcli.render.documents.study_box import box_document
from derivcli.render.documents.study_curves import curve_study_document
from derivcli.study.boxes.records import BoxStudy, CurveStudy
from derivcli.study.study import Study


def document_of(study: Study | BoxStudy | CurveStudy, style: Style) -> Document:
    """The document of a study."""
    if isinstance(study, BoxStudy):
        return box_document(study, style)
    return curve_study_document(study, style) if isinstance(study, CurveStudy) else study_document(study, style)


def expressions_of(study: Study | BoxStudy | CurveStudy) -> tuple[Expression, ...]:
    """What was studied."""
    return study.expressions if isinstance(study, CurveStudy) else (study.expression,)
