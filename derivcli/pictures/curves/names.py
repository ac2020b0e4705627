"""What curves and their axes are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivcli.pictures.scene import Name
from derivcli.render.labels import name_latex
from derivcli.render.latex_printer import latex_of

if TYPE_CHECKING:
    from derivcli.language.expression import Expression


def equation_name(expression: Expression) -> Name:
    """An equation as it was typed."""
    sides = expression.sides or (expression.tree,)
    return Name(expression.text, " = ".join(latex_of(side, expression.spelling) for side in sides))


def coordinate_name(name: str, expression: Expression) -> Name:
    """The equation of a coordinate."""
    return Name(f"{name} = {expression.text}", f"{name_latex(name)} = {latex_of(expression.tree, expression.spelling)}")


def variable_name(name: str) -> Name:
    """A variable."""
    return Name(name, name_latex(name))
