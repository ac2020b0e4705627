"""Functions that PyTorch has no differentiable kernel for, as classes in a script: a value and a derivative each.

A function whose derivative is not asked for is a plain one. The rows of the table have the values, and their
formulas are the derivatives; these may need more such functions.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from derivcli.errors import DerivError
from derivcli.explain.code.expression_code import MOVING, NUMBER, FormulaWriter, FunctionCall
from derivcli.explain.code.line_breaking import MAX_COLUMNS, folded, laid_out
from derivcli.explain.code.script_names import Names
from derivcli.language.functions import formulas
from derivcli.language.functions.row import Function
from derivcli.language.printer import ATOM, PRODUCT, Piece
from derivcli.language.tree import symbol


@dataclass
class AutogradClasses:
    """The functions that a script defines or imports, as they are called for.

    `order` is how often the whole is differentiated, `made` the arguments of the tensors that functions make.
    """

    names: Names
    order: int
    made: str = ""
    float32: bool = False
    depths: dict[FunctionCall, int] = field(default_factory=dict)
    """After how many derivatives each function is first called."""
    called: dict[FunctionCall, str] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The user's own functions: what each is called here, and the line that imports it, empty where it is pasted."""
    pasted: list[list[str]] = field(default_factory=list)
    """Those that were defined in a session, which no script can import."""

    def call(self, call: FunctionCall, depth: int = 0) -> str:
        """What a function is called by, first met after so many derivatives."""
        row, kinds = call
        if row.kernel is not None:
            return self._imported(row)
        if call not in self.called:
            known = depth < self.order and MOVING in kinds
            words = (word[:1].upper() + word[1:] for word in row.name.split("_"))  # as in `BesseljN`
            name = self.names.numbered("".join(words) if known else row.name)
            self.called[call], self.depths[call] = (f"{name}.apply" if known else name), depth
        return self.called[call]

    def _imported(self, row: Function) -> str:
        """What calls a user's own function, which the script imports."""
        call: Any = row.kernel
        if row.name not in self.imports:
            module, name = call.importable
            top = name.partition(".")[0]
            if module == "__main__" and "." not in name and call.function.kind in ("autograd function", "function"):
                self.imports[row.name] = self.names.fresh(name), ""
                self.pasted.append(_pasted(call.target, self.imports[row.name][0]))
            elif not _may_be_imported(module, name):
                hint = "name its file like a variable"
                raise DerivError(f"a script cannot import '{row.name}' from '{module}.py'", hint=hint)
            else:
                own = self.names.fresh(top)
                line = f"from {module} import {top}" + ("" if own == top else f" as {own}")
                beside = f"{module.partition('.')[0]}.py" if "." not in module else module.partition(".")[0]
                self.imports[row.name] = own + name.removeprefix(top), f"{line}  # run this script beside {beside}"
        return self.imports[row.name][0] + (".apply" if call.function.kind == "autograd function" else "")

    def blocks(self) -> list[list[str]]:
        """The lines of each function, those that others need among them; Python looks for them when they are called."""
        found: list[list[str]] = []
        place = 0
        while place < len(self.depths):
            call = list(self.depths)[place]
            found.append(self._block(*call))
            place += 1
        told = "PyTorch has no derivative of this: the value comes from elsewhere, the derivative is a formula"
        if found and found[0][0].startswith("class"):
            found[0].insert(0, f"# {told}")
        return [*self.pasted, *found]

    def _block(self, row: Function, kinds: Sequence[int]) -> list[str]:
        name = self.called[row, tuple(kinds)]
        parameters = ", ".join(row.parameters)
        if not name.endswith(".apply"):
            return [f"def {name}({parameters}):", f'    """{row.doc}"""', *_indented(self._value(row, kinds), 1)]
        tensors = [each for each, kind in zip(row.parameters, kinds, strict=True) if kind != NUMBER]
        numbers = [each for each, kind in zip(row.parameters, kinds, strict=True) if kind == NUMBER]
        plain, kept = ", ".join(numbers), ", ".join(f"ctx.{each}" for each in numbers)
        keep, take = ([f"{kept} = {plain}"], [f"{plain} = {kept}"]) if numbers else ([], [])
        return [
            f"class {name.removesuffix('.apply')}(torch.autograd.Function):",
            f'    """{row.doc}"""',
            "",
            "    @staticmethod",
            f"    def forward(ctx, {parameters}):",
            *_indented([*keep, f"ctx.save_for_backward({', '.join(tensors)})", *self._value(row, kinds)], 2),
            "",
            "    @staticmethod",
            "    def backward(ctx, grad):",
            *_indented(take, 2),
            f"        {', '.join(tensors) if len(tensors) > 1 else f'({tensors[0]},)'} = ctx.saved_tensors",
            *_indented(self._slopes(row, kinds), 2),
        ]

    def _value(self, row: Function, kinds: Sequence[int]) -> list[str]:
        tensors = [name for name, kind in zip(row.parameters, kinds, strict=True) if kind != NUMBER]
        cast = ".astype(float)" if self.float32 else ""
        lines = [f"{name} = {name}.numpy(force=True){cast}" for name in tensors]
        value, made = row.scipy, f", {self.made}" if self.made else ""
        if not value.startswith("mpmath."):
            return [*lines, f"return torch.as_tensor({value}{made})"]
        names = ", ".join(tensors)
        lines += ["", f"def value({names}):", *_indented(laid_out("return ", f"float({value})"), 1), ""]
        return [*lines, f"return torch.as_tensor(np.vectorize(value, otypes=[float])({names}){made})"]

    def _slopes(self, row: Function, kinds: Sequence[int]) -> list[str]:
        """The lines that compute what comes back to each argument: by the chain rule a derivative times `grad`."""
        depth = self.depths[row, tuple(kinds)] + 1
        like = next(name for name, kind in zip(row.parameters, kinds, strict=True) if kind == MOVING)
        writer = FormulaWriter(self.names, like, lambda call: self.call(call, depth), self.order - depth)
        pairs = list(zip(row.parameters, kinds, strict=True))
        scope = {symbol(name): ((name, ATOM), kind) for name, kind in pairs}
        slopes: dict[str, Piece] = {}
        for place, (name, kind) in enumerate(pairs):
            if kind == MOVING:
                slopes[name], _ = writer.write(formulas.partial(row, place), scope)
        lines = writer.taken()
        if sum(len(text) for text, _ in slopes.values()) > MAX_COLUMNS // 2 + MAX_COLUMNS // 4:
            for name, (text, _) in slopes.items():
                lines += folded(f"slope_{name}", text)
                slopes[name] = f"slope_{name}", ATOM
        back = [_chained(*slopes[name]) if name in slopes else "None" for name in row.parameters]
        return [*lines, f"return {', '.join(back)}"]


def _may_be_imported(module: str, name: str) -> bool:
    """Whether Python finds a name in a module that is called like none of those that scripts import themselves."""
    parts = (*module.split("."), *name.split("."))
    return all(part.isidentifier() for part in parts) and Names().fresh(parts[0]) == parts[0]


def _pasted(function: type, name: str) -> list[str]:
    """The lines of a class that was defined in a session, as far as Python still has them."""
    try:
        lines = textwrap.dedent(inspect.getsource(function)).rstrip().split("\n")
    except (OSError, TypeError):
        return [f"# paste the class {function.__name__} here: it was defined in a session"]
    renamed = ["", "", f"{name} = {function.__name__}"] if name != function.__name__ else []
    return ["# from your session; what it needs from there belongs above it", *lines, *renamed]


def _chained(slope: str, level: int) -> str:
    """A derivative times what comes from behind."""
    if level < PRODUCT or slope[0] == "-":
        return f"grad*({slope})"
    return f"grad{slope[1:]}" if slope.startswith("1/") else f"grad*{slope}"


def uses(lines: Sequence[str], word: str) -> bool:
    """Whether a module is used in lines of a script."""
    return any(re.search(rf"\b{word}\.", line) for line in lines)


def _indented(lines: Sequence[str], levels: int) -> list[str]:
    return ["    " * levels + line if line else "" for line in lines]
