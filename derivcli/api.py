"""The functions for Python: formulas and points in, numbers, formulas and verdicts out, and how they come about.

Arguments that several of them share mean what `derive` says of them. An `expression` is a formula as text, a number,
what `parse` made of a text, or a formula of SymPy's. Points that were read already are points too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack, cast, overload

from derivcli import pipeline, studies
from derivcli.api_requests import derivatives, listed_formulas_of, request_of
from derivcli.errors import ArgumentError
from derivcli.function_arguments import Gradient, gradients_of
from derivcli.python_arguments import (
    formulas_of,
    functions_of,
    interval_ends,
    intervals_of,
    lets_of,
    names_of,
    points_of,
    reading,
    text_in,
    wrt_of,
)
from derivcli.python_options import (
    At,
    DerivativeOptions,
    EngineOptions,
    ExactOptions,
    Formula,
    FormulaOptions,
    JacobianOptions,
    Lets,
    Names,
    On,
    OrderOptions,
    PointOptions,
    ScriptOptions,
    StepsOptions,
    Use,
)
from derivcli.result import Jacobian, SeriesResult
from derivcli.showing import Records

if TYPE_CHECKING:
    from derivcli.custom.report import FileReport, FunctionReport
    from derivcli.explain.answer.answer import Answer
    from derivcli.explain.ledger import Ledger
    from derivcli.explain.steps.derivation import Derivation
    from derivcli.language.expression import Expression
    from derivcli.result import Jacobian, Result, SeriesResult, SymbolicResult
    from derivcli.study.boxes.records import BoxStudy, CurveStudy
    from derivcli.study.study import Study


@reading()
def parse(text: str, *, declared: Collection[str] = (), let: Lets | None = None, use: Use | None = None) -> Expression:
    """The formula that `text` writes.

    `declared` are names that are one variable each, such as `speed`; `let` gives names to formulas that the
    text may use, and `use` makes a torch.autograd.Function of yours callable by a name.
    Raises DerivError with the place where the text is no formula.
    """
    from derivcli.language.definitions.definitions import read_definitions
    from derivcli.language.definitions.named_functions import parse_formula

    functions = functions_of(use)
    named = read_definitions(lets_of(let), declared, functions)
    return parse_formula(text, declared, named.definitions, named.functions, functions)


@overload
def derive(
    expression: Formula, at: None = None, wrt: Names | None = None, **options: Unpack[DerivativeOptions]
) -> SymbolicResult: ...
@overload
def derive(expression: Formula, at: At, wrt: Names | None = None, **options: Unpack[DerivativeOptions]) -> Result: ...
@reading(DerivativeOptions)
def derive(
    expression: Formula, at: At | None = None, wrt: Names | None = None, **options: Unpack[DerivativeOptions]
) -> Result | SymbolicResult:
    """The value and the derivatives of an expression at points, or its derivatives as formulas.

    `at` gives each variable a number, a formula as text, or several of them (a sequence, an array of shape (n,), a
    range such as "0:1:11"), or is one text, "x=0:1:11,y=2"; several variables are crossed, or `paired`. Without it
    the result is a SymbolicResult. Numbers and sequences are like what is typed: there are some, and they are finite.
    An array, of NumPy, PyTorch or another library, is like a column of a file: it may be empty, and points of NaN and
    infinities keep their place, without numbers, flagged "undefined". A float and each number of an array is the
    float64 that it is; a text, a whole number, a Fraction or a Decimal is exact, whatever stands beside it.
    `let` gives names to formulas that the expression may use.
    `wrt` names the variables to differentiate by, as a list or as "u,v"; all of them by default. `order` is
    that of every derivative, from 1 to 200. `mixed` asks for mixed partials instead: "x,x,y" or ["x", "x", "y"] is
    the one that Leibniz writes with dx^2 dy below; several of them make a list. `along` asks for the derivative along
    a vector, which is not scaled: "u=1,v=2" or {"u": 1, "v": 2}; of order n that is d^n/dt^n f(p + t*v) at t = 0.
    `engine` is "reverse" (nested backward passes), "taylor" (Taylor arithmetic), or "compiled" (backward passes up to
    order 3 as a compiled kernel, which takes seconds to make); "" is the first up to order 3, then the second.
    A value may have its standard uncertainty, as in "3.00±0.10", "3.0(1)" or "3±1%"; `sigma` gives uncertainties beside
    the values, {"x": 0.1, "y": "1%"}, and `corr` correlations, {("x", "y"): 0.5}. The result's `propagated` then has
    that of the value.
    `dtype` is "float64" or "float32", and PyTorch computes on `device`, "cpu" or "cuda". `check` judges every number:
    True always, False never, None up to 100 of them. `exact` asks for exact values, such as sqrt(2)/2, where points are
    exact: True for all, False for none, None for short ones at points typed as formulas such as "pi/4".

    The result's `value` and each of its `derivatives`, keyed "x", "x,x", "x,x,y" or "along", have shape (points,);
    `gradient`, shape (points, variables), `gradient_norm` and `gradient_direction` are there where a gradient is;
    `verdicts` hold what the check found, `exact_value` and `exact` the exact values as Expressions, or None. Raises
    DerivError for input that is refused; for an argument of a type that has no meaning it is a TypeError too.
    """
    return derivatives(request_of([expression], at, wrt, **options))[0]


@overload
def jacobian(
    expressions: Sequence[Formula], at: None = None, wrt: Names | None = None, **options: Unpack[JacobianOptions]
) -> list[SymbolicResult]: ...
@overload
def jacobian(
    expressions: Sequence[Formula], at: At, wrt: Names | None = None, **options: Unpack[JacobianOptions]
) -> Jacobian: ...
@reading(JacobianOptions)
def jacobian(
    expressions: Sequence[Formula], at: At | None = None, wrt: Names | None = None, **options: Unpack[JacobianOptions]
) -> Jacobian | list[SymbolicResult]:
    """The Jacobian of several functions: its `matrix` has shape (points, functions, variables).

    Its `value` has shape (points, functions). Without `at` it is a list of their partial derivatives as formulas.
    """
    request = request_of(formulas_of(expressions, "expressions"), at, wrt, **options)
    return Jacobian(tuple(pipeline.numbers(request))) if request.has_points else Records(pipeline.formulas(request))


@overload
def hessian(
    expression: Formula, at: None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> SymbolicResult: ...
@overload
def hessian(expression: Formula, at: At, wrt: Names | None = None, **options: Unpack[EngineOptions]) -> Result: ...
@reading(EngineOptions)
def hessian(
    expression: Formula, at: At | None = None, wrt: Names | None = None, **options: Unpack[EngineOptions]
) -> Result | SymbolicResult:
    """The Hessian: the result's `matrix` has shape (points, variables, variables).

    Its `derivatives` and `verdicts` hold the upper triangle: "u,u", "u,v", "v,v".
    """
    return derivatives(request_of([expression], at, wrt, hessian=True, **options))[0]


@overload
def implicit(
    equation: str, dependent: str, at: None = None, wrt: Names | None = None, **options: Unpack[OrderOptions]
) -> SymbolicResult: ...
@overload
def implicit(
    equation: str, dependent: str, at: At, wrt: Names | None = None, **options: Unpack[OrderOptions]
) -> Result: ...
@reading(OrderOptions)
def implicit(
    equation: str, dependent: str, at: At | None = None, wrt: Names | None = None, **options: Unpack[OrderOptions]
) -> Result | SymbolicResult:
    """The derivatives of the variable `dependent` that an equation makes a function of its other variables.

    The equation is a text such as "x**2 + y**2 = 25"; without a sign of equality it says that the formula is 0.
    Points give every variable, `dependent` too. `wrt`, `order` and `mixed` are those of `derive`. Where a
    point does not solve the equation the numbers are those of the level curve through it, and flagged "off".
    """
    (name,) = names_of([dependent], "y")
    return derivatives(request_of([equation], at, wrt, dependent=name, **options))[0]


@reading(ExactOptions)
def series(
    expression: Formula,
    degree: int,
    at: At,
    variable: str = "",
    *,
    on: tuple[float | str, float | str] | None = None,
    **options: Unpack[ExactOptions],
) -> SeriesResult:
    """The Taylor polynomial of a degree about every point, in the variable named or in the only one there is.

    Its `coefficients` have shape (points, degree + 1). With `on`, two values of the variable, `remainder` of shape
    (points, 2) encloses what the function is more than the polynomial anywhere between them.
    """
    from derivcli.points.at_option import read_interval

    name = names_of([variable], "x") if variable else None
    points = points_of(at, options.get("paired", False))
    if points is None:
        raise ArgumentError("a series has points", hint='give them, as in at={"x": 0}')
    # Where there is neither a variable nor a point, the series itself is refused.
    by = [*(name or points.names), "x"][0]
    interval = None if on is None else read_interval(f"{by}={interval_ends(on)}")
    request = request_of([expression], points, name, series=degree, interval=interval, **options)
    return pipeline.series(request)[0]


@reading()
def polynomial(result: SeriesResult, point: int = 0) -> str | None:
    """The Taylor polynomial about one of the points, as a formula that `parse` reads back.

    None where one of its coefficients is no finite number.
    """
    from derivcli.render.polynomial import polynomial_text

    if not isinstance(result, SeriesResult):
        raise ArgumentError(f"a polynomial is that of a SeriesResult, not of {type(result).__name__}")
    count = len(result.coefficients)
    if point not in range(-count, count):
        raise ArgumentError(f"there is no point {point} among {count}", hint="the first one is 0")
    return polynomial_text(result, point)


@reading(PointOptions)
def explain(
    expression: Formula, at: At, wrt: Names | None = None, *, use: Use | None = None, **options: Unpack[PointOptions]
) -> Ledger:
    """The graph that PyTorch builds of an expression, with all that its backward pass does there.

    `at`, `wrt`, `let`, `paired`, `dtype` and `check` are those of `derive`, and so are the numbers in the ledger's
    `result`. The arrays of its `nodes` have shape (points,). Of several points the outputs are summed. Raises
    DerivError for input that is refused.
    """
    if at is None:
        raise ArgumentError("a ledger has points", hint='give them, as in at={"x": 1}')
    return pipeline.ledger(request_of([expression], at, wrt, use=use, **options))


@reading()
def check_function(
    function: Callable[..., Any] | str,
    against: str | None = None,
    at: At | Mapping[str, object] | None = None,
    wrt: Names | None = None,
    *,
    paired: bool = False,
    shape: Mapping[str, int | str | Sequence[int]] | None = None,
    with_: Mapping[str, object] | None = None,
    gradient: Gradient | None = None,
    compile: bool = False,
) -> FunctionReport:
    """What is right and wrong with a torch.autograd.Function: a class, or FILE.py:NAME, a file that is run for it.

    `against` is the formula that the forward should be, over the names of its arguments; without one the backward is
    compared with quotients of differences of the forward. `at` says where, as in `derive`, by default at ordinary
    points; a matrix or a tensor there, as in at={"x": [[1, 2], [3, 4]]}, is one point. `wrt` names the arguments to
    differentiate by, without those that are meant to be constants. `shape` gives shapes of arguments, {"x": (4, 3)},
    and `with_` values for those that are no tensors, {"lam": 0.5}; each value of a list is tried. What is not given
    is found by trying. `gradient` is what backward is meant to give for an upstream gradient of 1, a formula, or one
    for each argument by its name: "1" of a straight-through estimator. `compile` tries torch.compile too, which
    takes seconds.
    The report's `diagnosis` is a sentence, empty where the function is `ok`. Raises DerivError for what cannot be
    checked: a function that could not be called, or has no value at any of the points.
    """
    from derivcli.custom.arguments.python_given import given_of, parted
    from derivcli.custom.check_function import check
    from derivcli.custom.loading.argument_names import arguments_in_formulas
    from derivcli.custom.loading.custom_function import custom_function, name_of
    from derivcli.custom.loading.load import find

    at, wrt = arguments_in_formulas(at), arguments_in_formulas(wrt)
    against, gradient = arguments_in_formulas(against), arguments_in_formulas(gradient)
    flat, tensors = parted(at)
    given = given_of(points_of(cast("At | None", flat), paired), tensors, wrt_of(wrt), shape, with_)
    if isinstance(function, str):
        name, found = find(function)
        source = function
    else:
        name, found, source = name_of(function), function, ""
    construct = {name: values[0] for name, values in given.constants.items()}
    return check(custom_function(name, found, construct), against, given, source, gradients_of(gradient), compile)


@reading()
def check_functions(file: str, *, compile: bool = False) -> FileReport:
    """What is right and wrong with each torch.autograd.Function that a FILE.py defines, which is run for it.

    Each is tried as `check_function` does; those that cannot be are among the report's `untried`, with the reason.
    """
    from derivcli.custom.check_function import check_all

    return check_all(file, compile)


@reading(ScriptOptions)
def script(
    expression: Formula | Sequence[Formula],
    at: At | None = None,
    wrt: Names | None = None,
    *,
    language: str = "torch",
    plot: str = "",
    **options: Unpack[ScriptOptions],
) -> str:
    """A short script in PyTorch, with comments, that computes what `derive` does, and prints it.

    In another `language`, "numpy", "jax", "sympy", "c", "fortran", "julia", "rust" or "matlab", it is a function of the
    variables that gives the value and the derivatives back, by formulas; with points it is called there.
    Several expressions make a Jacobian. `hessian` asks for all second derivatives, `dependent` names the variable
    that an equation makes a function of the others, `series` is the degree of a Taylor polynomial, and `plot` the
    file of a picture to be drawn instead of printing; all else means what `derive` says. Nothing is computed here.
    Raises DerivError for input that is refused.
    """
    from derivcli.code_plans import code
    from derivcli.explain.code.languages import language_named

    chosen = language_named(language)
    if at is None and chosen.needs_points:
        raise ArgumentError("a script has points", hint='give them, as in at={"x": 1}')
    return code(request_of(listed_formulas_of(expression), at, wrt, **options), chosen, plot).text


@reading(StepsOptions)
def steps(
    expression: Formula | Sequence[Formula],
    wrt: Names | None = None,
    *,
    at: At | None = None,
    **options: Unpack[StepsOptions],
) -> list[Derivation]:
    """How the derivatives of an expression are found, rule by rule.

    There is a derivation for each derivative, and for each of lower order on the way to it, before it. Its `steps` have
    the `rule` and the `text` of the formula after it, and where the rule says more its `statement` in letters and the
    `parts` that these stand for. The last one is the derivative that `derive` gives. With `dependent` the expression is
    an equation that makes this variable a function of the others. `at` are points as in `derive`: the `values` of a
    derivation are the derivative there, exact where that is known. `operator` is "gradient", "div", "curl",
    "laplacian" or "differential"; several expressions, as those of a vector field, are a list.
    """
    return Records(pipeline.derivations(request_of(listed_formulas_of(expression), at, wrt, **options)))


@reading(FormulaOptions)
def answer(
    expression: Formula,
    claim: Formula,
    wrt: Names | None = None,
    *,
    dependent: str = "",
    **options: Unpack[FormulaOptions],
) -> Answer:
    """Whether a formula, the `claim`, is the derivative of an expression, and if not, where and perhaps why not.

    The answer is `equal` or not, and `how` it is known: "proved", "agrees" (at `points` points to `digits` digits),
    "differs" (at the `counterexample`, with a `diagnosis`), or "undecided". Where a claim that differs is right by
    another meaning of a text such as "1/2x", `meant` is the answer for that. An expression of several variables needs
    `wrt` or `mixed`. With a `dependent` variable the expression is an equation, and the claim the derivative of the
    function that it makes of that variable; it need be right on the curve only.
    """
    return pipeline.answer(
        request_of([expression], None, wrt, dependent=dependent, **options), text_in(claim, "a claim")
    )


@reading()
def study(
    expression: Formula | Sequence[Formula],
    on: On | None = None,
    *,
    let: Lets | None = None,
    parametric: str = "",
) -> Study | BoxStudy | CurveStudy:
    """What a function does on an interval or in a box, or a curve there, with proof that nothing else happens there.

    `on` is "x=0:5", {"x": (0, 5)} or (0, 5); the ends are numbers or formulas as text, or infinite: "-inf", math.inf.
    Without it an interval is chosen that shows what there is, and the study's `remarks` say why. `let` is that of
    `derive`. The study's `zeros`, `critical`, `inflections`, `breaks` and `extrema` are special points, each with its
    `kind`, its place `x`, the `value` there and a `verdict`; between neighbouring points, on its `pieces`, f, f' and
    f'' have one sign; `range` is that of f. The study is `complete` where no others exist; else `undecided` says where
    a question is open, and why.

    Several variables, as in "x=-5:5,y=-5:5", make a box, of up to four: the study's `critical` points are those where
    the gradient is 0, its `extrema` those of the least and the greatest value in the box, its boundary too. An equation
    in two variables is a curve, and so are two coordinates of the parameter that `parametric` names: then the study
    holds its `horizontal` and `vertical` tangents, its `crossings`, and its `singular` points.
    """
    return studies.study(
        request_of(
            listed_formulas_of(expression),
            None,
            None,
            let=let,
            study=intervals_of(on),
            parameter="" if isinstance(parametric, str) and not parametric else names_of([parametric], "t")[0],
        )
    )
