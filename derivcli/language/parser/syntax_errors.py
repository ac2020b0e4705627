"""What the parser says of a token that is out of place."""

from __future__ import annotations

import re
from collections.abc import Collection

from derivcli.errors import DerivError, EquationError, Span, without_middle
from derivcli.language.functions.activations import ACTIVATIONS
from derivcli.language.functions.forms import forms
from derivcli.language.functions.row import Function
from derivcli.language.functions.table import vocabulary
from derivcli.language.lexer.derivative_words import bracket_at
from derivcli.language.lexer.tokens import EQUATION, EQUATION_HINT, Token
from derivcli.language.lexer.unsupported_operations import OPERATIONS
from derivcli.language.parser.ambiguities import MAX_SPELLING
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import FENCES, Frame


def missing_operand(token: Token, before: Token | None, text: str) -> DerivError:
    """A token that cannot begin an operand, and the token before it."""
    if token.kind == "end" and before is None:
        hint = 'write one, as in `deriv "x**2" --at x=3`'
        return DerivError("the expression is empty", span=token.span, hint=hint)
    if token.kind == "end":
        return DerivError("the expression ends where something is still due", span=token.span, hint="complete it")
    if token.text == ")" and before is not None and before.text == "(":
        span = Span(before.start, token.stop)
        return DerivError("these brackets are empty", span=span, hint="write something between them")
    message = f"a number, a name or '(' is due here, not '{text[token.start : token.stop]}'"
    return DerivError(message, span=token.span, hint="complete what stands before it")


def condition(token: Token, text: str) -> DerivError:
    """A comparison, or a word or sign of logic, outside a condition."""
    if token.text == "==":
        return EquationError(EQUATION, span=token.span, hint=EQUATION_HINT)
    hint = "write if(x > 0, a, b) or Piecewise((a, x > 0), (b, True))"
    return DerivError(f"'{text[token.start : token.stop]}' belongs inside a condition", span=token.span, hint=hint)


def comma(before: Token | None, token: Token, after: Token, outside: bool) -> DerivError:
    """A comma outside a call; between two numbers it was perhaps meant as a decimal point."""
    hint = "give several expressions as separate arguments"
    if outside and before is not None and before.kind == after.kind == "number":
        hint = f"for a decimal number write {before.text}.{after.text}"
        hint = "write one point before the decimals" if "." in before.text + after.text else hint
    return DerivError("a comma only parts the arguments of a function", span=token.span, hint=hint)


def check_layer(operand: Operand, text: str) -> None:
    """Refuse `LeakyReLU(0.1)(x)`, in which PyTorch's layer makes a function that is called with x."""
    written = text[operand.start : operand.stop]
    name, _, arguments = written.removesuffix(")").partition("(")
    row = vocabulary().get(name)
    if row is None or row not in ACTIVATIONS or operand.tree.free_symbols:
        return
    hint = f"write {row.name}(x, {arguments})" if len(row.parameters) > 1 else f"write {row.signature}"
    raise DerivError(f"{written} makes a function in PyTorch, and is a number here", span=operand.span, hint=hint)


def check_sympy_call(operand: Operand, declared: Collection[str], text: str, stop: int) -> None:
    """Refuse SymPy's `S(1)/2`, which is a number, and `O(x^3)`, the rest of a series, as products."""
    name = text[operand.start : operand.stop]
    if name not in ("S", "O") or name in declared or text[: operand.start][-1:].isalpha():
        return
    if re.search(rf"{name}(?![\w(])", text):  # a variable, which it stands for elsewhere too
        return
    inner = without_middle(bracket_at(text, stop), MAX_SPELLING)
    way = f"write {inner} for SymPy's S{inner}" if name == "S" else f"leave out O{inner}, the rest of a series"
    span = Span(operand.start, stop + 1)
    raise DerivError(
        f"'{name}' before a bracket has two readings", text, span, f"{way}; for a product write {name}*{inner}"
    )


def unclosed(opener: Token, text: str) -> DerivError:
    """A bracket, a call's bracket or a `|` that is still open at the end."""
    if opener.kind == "bar":
        return DerivError("this '|' is never closed", span=opener.span, hint="close it, or write abs(...)")
    if opener.text in FENCES:
        closer = FENCES[opener.text][1]
        return DerivError(f"this '{opener.text}' is never closed", span=opener.span, hint=f"add the missing '{closer}'")
    found = re.compile(r"[(\[]").search(text, opener.start)
    bracket, sign = (found.start(), found.group()) if found else (opener.start, "(")
    hint = f"add the missing '{')' if sign == '(' else ']'}'"
    return DerivError(f"this '{sign}' is never closed", span=Span(bracket, bracket + 1), hint=hint)


def argument(function: Token, row: Function | None, empty: bool) -> DerivError:
    """A function's name without an argument, or with empty brackets."""
    form = forms().get(function.text)
    if form is not None and not empty and function.text in OPERATIONS:  # as a command, not as a call
        message, hint = OPERATIONS[function.text]
        return DerivError(message, span=function.span, hint=hint)
    if form is not None:
        return DerivError(
            f"{function.text} needs {'arguments' if empty else 'brackets'}",
            span=function.span,
            hint=f"write {form.example}",
        )
    hint = f"write {row.signature}" if row else ""
    return DerivError(f"{function.text} needs an argument", span=function.span, hint=hint)


def power_of_a_name(function: Token, exponent: Token) -> DerivError:
    """`sin^-1(x)`, which means the inverse to some and 1/sin(x) to others."""
    name, inverse = function.text, f"a{function.text}"
    other = f"{inverse}(x) for the inverse or " if inverse in vocabulary() else ""
    message, hint = f"a power of '{name}' itself is ambiguous here", f"write {other}1/{name}(x) or ({name}(x))**n"
    return DerivError(message, span=Span(function.start, exponent.stop), hint=hint)


def stands_for_formula(name: str, span: Span, names: tuple[str, ...] = ()) -> DerivError:
    """The refusal of the derivative of a letter that stands for a formula."""
    by = f" with `--wrt {names[0]}`" if names and names[0] else ""
    hint = f"give the formula of {name}{by}, or an equation with `shell:--implicit {name}``python:implicit`"
    return DerivError(f"the formula of {name} is not known here", span=span, hint=hint)


def prime_of_letter(name: str, prime: Token) -> DerivError:
    """`f'g + fg'`, with letters where f(x) and g(x) are meant."""
    unknown = f"write {name}{prime.text}(x), and {name}(x) for {name}, if {name} is any function of x"
    hint = f"{unknown}; or give the formula of {name}"
    return DerivError(f"the formula of {name} is not known here", span=prime.span, hint=hint)


def glued_argument(start: int, frame: Frame, token: Token, text: str) -> DerivError:
    """`sinx y`, which may be sin(x)*y and sin(x*y); `start` is where the argument that is glued to its name starts."""
    operand = frame.operand
    assert operand is not None, "a product goes on only behind an operand"
    name, argument = frame.opener.text, text[start : operand.stop]
    more = "(...)" if token.text == "(" else "|...|" if token.kind == "bar" else text[token.start : token.stop]
    message = f"where the argument of {name} ends is not clear here"
    hint = f"write {name}({argument})*{more} or {name}({argument}*{more})"
    return DerivError(message, span=Span(frame.opener.start, token.stop), hint=hint)
