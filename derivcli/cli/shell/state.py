"""What a session knows: one record of values, of which every line makes the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from derivcli.cli.options import MainOptions

if TYPE_CHECKING:
    from derivcli.language.definitions.named_functions import NamedFunction
    from derivcli.language.expression import Definition
    from derivcli.language.functions.row import Function
    from derivcli.points.points import Axis
    from derivcli.result import AnyResult

ANSWER = "ans"
"""The name of the last answer."""


@dataclass(frozen=True, slots=True)
class State:
    """All that lines have set so far.

    A name is a variable with values, a formula or a function, and never two of these. `settings` are the words of the
    options that stay set, by their names, and `options` is what they come to. `last` is the formula that was typed
    last, and `result` what it came to.
    """

    variables: Mapping[str, Axis] = field(default_factory=dict)
    formulas: Mapping[str, Definition] = field(default_factory=dict)
    functions: Mapping[str, NamedFunction] = field(default_factory=dict)
    custom: Mapping[str, Function] = field(default_factory=dict)
    settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: MainOptions = field(default_factory=lambda: MainOptions([]))
    last: str = ""
    result: AnyResult | None = None

    def without(self, name: str) -> State:
        """The state in which a name means nothing."""
        return replace(
            self,
            variables={each: found for each, found in self.variables.items() if each != name},
            formulas={each: found for each, found in self.formulas.items() if each != name},
            functions={each: found for each, found in self.functions.items() if each != name},
        )

    @property
    def names(self) -> set[str]:
        """The names that are variables or formulas."""
        return {*self.variables, *self.formulas}

    @property
    def settings_words(self) -> list[str]:
        """The options that stay set, as the command line has them."""
        return [word for words in self.settings.values() for word in words]
