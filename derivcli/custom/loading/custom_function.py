"""What people write that has a backward, in one shape: a name, how it is called, and what it calls its arguments."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import torch
from torch import Tensor
from torch._library.custom_ops import CustomOpDef

from derivcli.custom.budget import Budget
from derivcli.custom.loading.argument_names import in_formulas
from derivcli.errors import DerivError, failure

Kind: TypeAlias = Literal["autograd function", "function", "module", "operator"]
ParameterKind: TypeAlias = Literal["positional", "keyword", "variadic"]

REQUIRED: Any = inspect.Parameter.empty
"""The default of an argument that has none."""

OPERATORS = (CustomOpDef, torch._ops.OpOverload, torch._ops.OpOverloadPacket)

BACKWARD_FORMS = "a torch.autograd.Function, a function of tensors, a torch.nn.Module or a torch.library.custom_op"


@dataclass(frozen=True)
class Parameter:
    """An argument by a name that formulas can have, `input` for `input_`; `written` is how its author calls it.

    A `variadic` one stands for any number of arguments.
    """

    name: str
    kind: ParameterKind
    default: object = REQUIRED
    written: str = ""

    @property
    def required(self) -> bool:
        """Whether a call has to give it."""
        return self.default is REQUIRED and self.kind != "variadic"


@dataclass(frozen=True, eq=False)
class CustomFunction:
    """Something that has a backward. `call` takes arguments as Python does: by position in order, or by either name.

    The weights of a module are keyword parameters, whose defaults are their tensors. `target` is what was named, and
    `doc` the first line of its docstring. The `budget` knows how long its calls take.
    """

    name: str
    kind: Kind
    call: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    target: object
    doc: str
    budget: Budget = field(default_factory=Budget)


def custom_function(name: str, thing: object, construct: Mapping[str, object] | None = None) -> CustomFunction:
    """A thing that has a backward, under a name; a class of modules is constructed with values for its arguments.

    Raises DerivError where it is no such thing, or cannot be constructed.
    """
    thing = getattr(thing, "__self__", thing) if inspect.ismethod(thing) and thing.__name__ == "apply" else thing
    doc = _first_line(thing)
    if inspect.isclass(thing) and issubclass(thing, torch.nn.Module):
        thing = _constructed(name, thing, construct or {})
    kind, call, parameters = _form(name, thing)
    return CustomFunction(name, kind, *_named(call, parameters), thing, doc)


def name_of(thing: object) -> str:
    """What a thing is called where it was not named: a class by its own name, an instance by that of its class."""
    if inspect.ismethod(thing) and thing.__name__ == "apply":
        thing = thing.__self__
    if isinstance(thing, functools.partial):
        thing = thing.func
    if isinstance(thing, CustomOpDef):
        return thing._name
    return str(getattr(thing, "__name__", type(thing).__name__)).rpartition(".")[2]


Form: TypeAlias = tuple[Kind, Callable[..., Any], tuple[Parameter, ...]]
"""What kind of thing it is, how it is called, and with what."""


def _form(name: str, thing: object) -> Form:
    if inspect.isclass(thing) and issubclass(thing, torch.autograd.Function) and thing is not torch.autograd.Function:
        return "autograd function", *_applied(name, thing)
    if isinstance(thing, torch.nn.Module):
        return "module", *_functional(thing)
    if isinstance(thing, OPERATORS):
        return "operator", thing, _of_schema(thing)
    if callable(thing) and not inspect.isclass(thing):
        return "function", thing, _of_signature(_signature(thing))
    raise DerivError(f"'{name}' has no backward: it is {_described(thing)}", hint=f"name {BACKWARD_FORMS}")


def _named(
    call: Callable[..., Any], parameters: Sequence[Parameter]
) -> tuple[Callable[..., Any], tuple[Parameter, ...]]:
    """A thing whose arguments have names of formulas, no two the same."""
    named: dict[str, Parameter] = {}
    for each in parameters:
        name = first = in_formulas(each.name)
        for number in itertools.count(2):
            if name not in named:
                break
            name = f"{first}_{number}"
        named[name] = replace(each, name=name, written=each.name)
    written = {name: each.written for name, each in named.items() if name != each.written}

    def by_either_name(*arguments: Any, **given: Any) -> Any:
        return call(*arguments, **{written.get(name, name): value for name, value in given.items()})

    return by_either_name if written else call, tuple(named.values())


def constructor_parameters(thing: object) -> tuple[Parameter, ...]:
    """What a class of modules has to be constructed with, or can be; nothing where no class of modules is named."""
    if not (inspect.isclass(thing) and issubclass(thing, torch.nn.Module)):
        return ()
    return _of_signature(_signature(thing))


def _constructed(name: str, module: type[torch.nn.Module], construct: Mapping[str, object]) -> torch.nn.Module:
    parameters = constructor_parameters(module)
    given = {each.name: construct[each.name] for each in parameters if each.name in construct}
    missing = [each.name for each in parameters if each.required and each.name not in given]
    if missing:
        options = " ".join(f"--with {each}=..." for each in missing)
        hint = f"name an instance of it; check-fn takes values too, as in `{options}`"
        raise DerivError(f"'{name}' is constructed with {' and '.join(missing)}", hint=hint)
    try:
        return module(**given)
    except (Exception, SystemExit) as error:
        message = f"'{name}' cannot be constructed: {failure(error)}"
        raise DerivError(message, hint="name an instance of it; check-fn takes values too, with `--with`") from error


def _applied(name: str, function: type[torch.autograd.Function]) -> tuple[Callable[..., Any], tuple[Parameter, ...]]:
    """How an autograd function is called, whose `apply` takes no names, and its parameters."""
    signature = _signature(function.forward)
    given = list(signature.parameters.values())
    with_context = function.setup_context is torch.autograd.Function.setup_context  # forward is given ctx too
    if with_context and given and given[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        given = given[1:]
    given = [each for each in given if each.kind is not inspect.Parameter.VAR_KEYWORD]
    unreachable = [each for each in given if each.kind is inspect.Parameter.KEYWORD_ONLY]
    if any(each.default is REQUIRED for each in unreachable):
        names = " and ".join(each.name for each in unreachable)
        raise DerivError(f"'{name}' takes {names} by name only, which apply cannot give", hint="leave out the '*'")
    signature = inspect.Signature([each for each in given if each not in unreachable])

    def call(*arguments: Any, **named: Any) -> Any:
        if named:  # what is left out before them has a place too
            bound = signature.bind(*arguments, **named)
            bound.apply_defaults()
            arguments = bound.args
        return function.apply(*arguments)  # type: ignore[no-untyped-call]

    return call, _of_signature(signature)


def _functional(module: torch.nn.Module) -> tuple[Callable[..., Any], tuple[Parameter, ...]]:
    """How a module is called as a function of its weights too, which leaves it as it is, and its parameters."""
    of_forward = _of_signature(_signature(module.forward))
    taken = {each.name for each in of_forward}
    places = {f"self.{place}" if place in taken else place: place for place in dict(module.named_parameters())}
    weights = [Parameter(name, "keyword", module.get_parameter(place)) for name, place in places.items()]

    def call(*arguments: Any, **named: Any) -> Any:
        given = {place: named.pop(name) for name, place in places.items() if name in named}
        sample = next((x for x in (*given.values(), *arguments, *named.values()) if _is_real(x)), None)
        state = dict(_buffers(module, sample)) | given
        return torch.func.functional_call(module, state, arguments, named)

    return call, (*of_forward, *weights)


def _buffers(module: torch.nn.Module, sample: Tensor | None) -> Iterator[tuple[str, Tensor]]:
    """Copies of what a module keeps beside its weights, real ones of the number format that it is called with."""
    for place, buffer in module.named_buffers():
        like = sample if sample is not None and _is_real(buffer) else buffer
        yield place, buffer.detach().to(dtype=like.dtype, device=like.device, copy=True)


def _is_real(x: object) -> bool:
    return isinstance(x, Tensor) and x.is_floating_point()


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    """What a function is called with; anything, where it was not written in Python."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return inspect.Signature([inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)])


PARAMETER_KINDS: dict[object, ParameterKind] = {
    inspect.Parameter.POSITIONAL_ONLY: "positional",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "variadic",
    inspect.Parameter.KEYWORD_ONLY: "keyword",
}
"""How arguments are given; those of any name are not, since nobody knows their names."""


def _of_signature(signature: inspect.Signature) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(each.name, PARAMETER_KINDS[each.kind], each.default)
        for each in signature.parameters.values()
        if each.kind in PARAMETER_KINDS
    )


def _of_schema(operator: Any) -> tuple[Parameter, ...]:
    """The parameters of an operator, which PyTorch keeps as a schema; of several overloads the first."""
    if isinstance(operator, torch._ops.OpOverloadPacket):
        operator = getattr(operator, operator.overloads()[0])  # type: ignore[no-untyped-call]
    schema = operator._schema if isinstance(operator, torch._ops.OpOverload) else operator._opoverload._schema
    return tuple(
        Parameter(
            each.name,
            "keyword" if each.kwarg_only else "positional",
            each.default_value if each.has_default_value() else REQUIRED,
        )
        for each in schema.arguments
    )


def _first_line(thing: object) -> str:
    """The first line of a thing's own docstring; what its class inherits says nothing of it."""
    described: object = thing
    if isinstance(thing, CustomOpDef):
        described = thing._init_fn
    elif not (inspect.isclass(thing) or inspect.isroutine(thing)):
        described = type(thing)
    own = vars(described).get("__doc__") if inspect.isclass(described) else getattr(described, "__doc__", None)
    return inspect.cleandoc(own).partition("\n")[0] if isinstance(own, str) else ""


def _described(thing: object) -> str:
    return f"the class {thing.__name__}" if inspect.isclass(thing) else f"of type {type(thing).__name__}"


def names_text(parameters: Sequence[Parameter]) -> str:
    """Arguments as a signature shows them: `x, lam=0.5`, and `*args` for any number."""
    return ", ".join(_shown(each) for each in parameters)


def _shown(parameter: Parameter) -> str:
    if parameter.kind == "variadic":
        return f"*{parameter.name}"
    if parameter.required:
        return parameter.name
    if isinstance(parameter.default, Tensor):
        return f"{parameter.name}=<tensor of shape {tuple(parameter.default.shape)}>"
    return f"{parameter.name}={parameter.default!r}"
