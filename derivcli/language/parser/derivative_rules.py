"""What the parser does at a sign of a derivative: the frames that it opens and what they close to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from derivcli.errors import DerivError, Span, without_middle
from derivcli.language import limits, tree
from derivcli.language.lexer import name_resolution
from derivcli.language.lexer.derivative_signs import Match, below_at, head_at, is_head, line_at
from derivcli.language.lexer.derivative_words import bracket_at, is_differential
from derivcli.language.lexer.tokens import Token, unreadable
from derivcli.language.parser import ambiguities, operands, syntax_errors
from derivcli.language.parser.ambiguities import MAX_SPELLING, Ambiguity
from derivcli.language.parser.operands import Operand
from derivcli.language.parser.parser_stack import BARE, CALL, GROUP, OPERATOR, OVER, Frame

if TYPE_CHECKING:
    from derivcli.language.parser.parser import Parser

_LETTER = re.compile(r"(?:D_|∂)([A-Za-z][A-Za-z0-9]*)|[Dd]_([A-Za-z][A-Za-z0-9]*)|D([a-z][0-9]*)")
"""`D_x`, `d_x` and `Dx`."""
_CALLED = re.compile(r"[A-Za-z]\w*\s*\([^()]*\)")
WORDS = frozenset((*name_resolution.KEYWORDS, "if", "else"))
"""Names that are more than factors behind an operand."""
_STRING = re.compile(r"^\s*(?:[bfr]|br|rb)(['\"])[\w{}.]*\1\s*$")
"""A string of Python's with its prefix."""


def read_derivative(parser: Parser, token: Token) -> bool:
    """Take a name where an operand is due that is the sign of a derivative; False where it is none."""
    if token.text[0] not in "dD∂":
        return False
    if is_head(token, parser.declared):
        return _read_head(parser, token)
    letter = _LETTER.fullmatch(token.text)
    if letter and _letter_is_operator(parser, token, letter):
        _push_operator(parser, token, (letter[1] or letter[2] or letter[3],))
        return True
    if token.text == "D":
        return _read_power_of_operator(parser, token)
    if token.text[0] == "d" and len(token.text) > 1:
        return _read_joined_head(parser, token)
    return False


def read_bracketed_head(parser: Parser, bracket: Token) -> bool:
    """Take `(d/dx)` and `(d x^2)/dx` at their bracket; False where it opens anything else."""
    head = parser.next
    if not is_head(head, parser.declared) or not parser.has_differentials:
        return False
    power = head_at(parser.stream, head, 1)
    below = below_at(parser.stream, power.stop, head, power.order, parser.declared)
    if below and parser.stream.peek(below.stop).text == ")":
        parser.stream.skip(below.stop + 1)
        _check_order(power, below, Span(bracket.start, parser.stream.token_stop))
        _push_operator(parser, bracket, below.names)
        return True
    line = line_at(parser.stream, power.stop, head, power.order, parser.declared, bracketed=True)
    if line.start is None:
        return False
    parser.stream.skip(power.stop)
    parser.push(Frame(OVER, bracket, over=(line.start, head, power)))
    parser.push(Frame(GROUP, bracket))
    return True


def _read_head(parser: Parser, head: Token) -> bool:
    """Take `d/dx` or the `d` of `d(x^2)/dx`; a `d` alone is a variable."""
    stream, declared = parser.stream, parser.declared
    power = head_at(stream, head, 0)
    below = below_at(stream, power.stop, head, power.order, declared) if parser.has_differentials else None
    if below:
        stream.skip(below.stop)
        _check_order(power, below, Span(head.start, stream.token_stop))
        if parser.next.text == "*":
            stream.take()
        _push_operator(parser, head, below.names)
        return True
    star = stream.peek(power.stop).text == "*"
    line = _line(parser, head, power.stop + star, power)
    if line is not None:
        stream.skip(power.stop + star)
        parser.push(Frame(OVER, head, over=(line, head, power)))
        return True
    after = stream.peek(power.stop)
    if head.text == "∂" and after.kind == "name" and name_resolution.is_variable_name(after.text) and power.stop == 0:
        stream.take()
        _push_operator(parser, head, (after.text,))
        return True
    if head.text == "∂" or (head.text == "d" and after.text in ("(", "[")):
        raise _lone(parser, head, after)
    if after.kind == "name" and after.start == head.stop:  # d and a Greek letter
        joined = Token("name", f"d{after.text}", head.start, after.stop)
        raise name_resolution.differential(joined, after.text)
    return False


def _line(parser: Parser, head: Token, place: int, power: Match) -> int | None:
    """Where the line begins that a head stands over; what was looked through for such a head is not again."""
    frame = parser.frame
    if not parser.has_differentials or head.start < frame.lineless.get(head.text, 0):
        return None
    line = line_at(parser.stream, place, head, power.order, parser.declared)
    if line.start is None:
        frame.lineless[head.text] = line.stop
    return line.start


def _lone(parser: Parser, head: Token, after: Token) -> DerivError:
    """The refusal of a head over nothing, which before a bracket could be a factor."""
    operator, shown = Span(head.start, after.start), parser.text[head.start : after.start].strip()
    if head.text == "∂":
        return DerivError("a variable to differentiate by is missing", span=head.span, hint="write ∂/∂x (x y)")
    inner = without_middle(bracket_at(parser.text, after.start)[1:-1], MAX_SPELLING)
    hint = f"for the derivative write D({inner}); for a product write {shown}*({inner})"
    return DerivError(f"'{shown}' before a bracket has two readings", span=operator, hint=hint)


def _letter_is_operator(parser: Parser, token: Token, letter: re.Match[str]) -> bool:
    """Whether `D_x` or `Dx` stands before a formula: before a bracket, or apart from what follows."""
    if token.text[0] in parser.declared or not name_resolution.is_variable_name(letter[1] or letter[2] or letter[3]):
        return False
    after = parser.next
    if after.text in ("(", "["):
        return True
    return after.start > token.stop and after.kind in ("name", "number", "bar") and not _LETTER.fullmatch(after.text)


def _read_power_of_operator(parser: Parser, token: Token) -> bool:
    """Take `D^2(x^3)`."""
    power = head_at(parser.stream, token, 0)
    if power.stop == 0 or parser.stream.peek(power.stop).text not in ("(", "["):
        return False
    parser.stream.skip(power.stop)
    _check_order(power, Match(0, order=power.order), Span(token.start, parser.stream.token_stop))
    _push_operator(parser, token, (tree.LEFT_OUT,) * power.order)
    return True


def _read_joined_head(parser: Parser, token: Token) -> bool:
    """Take `dy/dx` and `dln(x)/dx`, in which `d` stands before a name without a blank."""
    found = re.fullmatch(r"d([2-9]?)(\w+)", token.text)
    if found is None:
        return False
    rest, power = found[2], Match(0, order=int(found[1] or 1))
    head = Token("name", f"d{found[1]}", token.start, token.stop - len(rest))
    called = name_resolution.is_function_name(rest, parser.functions, parser.next.text == "(")
    if "d" in parser.declared or not (called or name_resolution.is_variable_name(rest)):
        return False
    line = _line(parser, head, 0, power)
    if line is None:
        return False
    parser.push(Frame(OVER, head, over=(line, head, power)))
    parser.stream.waiting.appendleft(Token("name", rest, head.stop, token.stop))
    return True


def _check_order(power: Match, below: Match, span: Span) -> None:
    if not 0 < power.order <= limits.MAX_ORDER:
        message = f"the order of a derivative is a whole number up to {limits.MAX_ORDER}"
        raise DerivError(message, span=span, hint="write it like d^2/dx^2")
    if power.order != below.order:
        message = f"the order over the line is {power.order}, and under it {below.order}"
        raise DerivError(message, span=span, hint="write it like d^2/dx^2")


def _push_operator(parser: Parser, opener: Token, names: tuple[str, ...]) -> None:
    """Open the frame of an operator, which reaches over the product behind it."""
    frame = parser.frame
    raised = any(base is not None for _, base in frame.prefixes)
    divided = frame.operator is not None and frame.operator.text != "*"
    stop = parser.stream.token_stop
    if frame.kind == BARE or raised or divided:
        written = parser.text[opener.start : stop]
        message = "what this derivative belongs to is not clear here"
        raise DerivError(message, span=Span(opener.start, stop), hint=f"put brackets around it, as in ({written} ...)")
    parser.push(Frame(OPERATOR, opener, names=names, head_stop=stop))


def nothing_behind(frame: Frame, text: str) -> DerivError:
    """The refusal of an operator at the end of a text."""
    head = text[frame.opener.start : frame.head_stop]
    span = Span(frame.opener.start, frame.head_stop)
    return DerivError(f"a formula is due behind {head}", span=span, hint=f'write one, all in quotes: "{head} x^2"')


def close_operator(parser: Parser) -> None:
    """End an operator where the product behind it ends."""
    parser.settle(ambiguities.PRODUCT)
    frame = parser.pop()
    if frame.first is not None:
        _note_product(parser, frame)
    frame.close_argument()
    (body,) = frame.arguments
    parser.frame.operand = derivative(parser, frame, body, frame.names, body.stop)


def _note_product(parser: Parser, frame: Frame) -> None:
    """Keep the other meaning of `d/dx (x+1)*(x+2)`, in which only the first factor is differentiated."""
    text, last = parser.text, frame.operand
    assert frame.first is not None
    assert last is not None, "an operator ends behind an operand"
    head, first = text[frame.opener.start : frame.head_stop], text[frame.head_stop : frame.first].strip()
    rest = text[frame.first : last.stop].strip()
    rest = rest if rest[0] in "*/" else f"*{rest}"
    span = Span(frame.opener.start, last.stop)
    parser.notes.keep(Ambiguity("operator", span, f"{head} ({first}{rest})", f"({head} {first}){rest}"))


def expect_product(parser: Parser, written: bool) -> None:
    """Remember where the first factor behind an operator ends, if the derivative could be that of it alone."""
    frame = parser.frame
    if frame.kind != OPERATOR or frame.first is not None or frame.factors or frame.operand is None:
        return
    closed = parser.text[frame.operand.stop - 1] in ")]|"
    if frame.operand.value is None and (written or closed):
        frame.first = frame.operand.stop


def check_sum(parser: Parser, sign: Token) -> None:
    """Refuse a sum behind an operator, unless what is differentiated stands in brackets."""
    frame = parser.frame
    if frame.kind != OPERATOR:
        return
    operand, text = frame.operand, parser.text
    assert operand is not None, "a sign stands behind an operand"
    alone = not frame.factors and not frame.prefixes
    if (
        alone
        and text[operand.start] in "(["
        and bracket_at(text, operand.start, len(text)) == text[operand.start : operand.stop]
    ):
        return
    following = parser.next
    if is_head(following, parser.declared) and parser.stream.peek(1).text in ("/", "**"):
        return
    head, body = text[frame.opener.start : frame.head_stop], text[frame.head_stop : operand.stop].strip()
    rest = _rest_of_sum(text, sign.start)
    message = "whether the derivative is that of the whole sum is not clear here"
    hint = f"write {head} ({body} {rest}) or ({head} {body}) {rest}"
    raise DerivError(message, span=sign.span, hint=hint)


def check_choice(parser: Parser, token: Token) -> None:
    """Refuse `d/dx x^2 if x > 0 else 0`, whose derivative may be that of all or of the first value."""
    parser.close_bares()
    frame = parser.frame
    if frame.kind != OPERATOR or frame.operand is None:
        return
    text = parser.text
    head, body = text[frame.opener.start : frame.head_stop], text[frame.head_stop : frame.operand.stop].strip()
    message = "whether the derivative is that of the whole choice is not clear here"
    hint = f"write {head} ({body} if ...) or ({head} {body}) if ..."
    raise DerivError(message, span=token.span, hint=hint)


def _rest_of_sum(text: str, start: int) -> str:
    """The text from a position to the end of the bracket that it stands in, shortened."""
    depth = 0
    for position in range(start, min(len(text), start + MAX_SPELLING)):
        depth += (text[position] in "([") - (text[position] in ")]")
        if depth < 0 or (depth == 0 and text[position] in ",=<>"):
            return text[start:position].strip()
    return text[start:].strip() if len(text) <= start + MAX_SPELLING else f"{text[start]} ..."


def close_over(parser: Parser, line: Token) -> bool:
    """End what stands over the differentials of a fraction at its line; False where this is no such line."""
    frame = parser.frame
    if frame.kind == OPERATOR and any(each.kind == OVER for each in parser.frames):
        while parser.frame.kind == OPERATOR:
            close_operator(parser)
        frame = parser.frame
    if frame.kind != OVER or frame.over is None or frame.over[0] != line.start:
        return False
    _, head, power = frame.over
    parser.stream.waiting.appendleft(line)
    below = below_at(parser.stream, 0, head, power.order, parser.declared)
    assert below is not None, "differentials were found under this line"
    parser.stream.skip(below.stop)
    stop = parser.stream.token_stop
    _check_order(power, below, Span(frame.opener.start, stop))
    parser.settle(ambiguities.PRODUCT)
    parser.pop()
    frame.close_argument()
    (body,) = frame.arguments
    parser.frame.operand = derivative(parser, frame, body, below.names, stop)
    return True


def derivative(parser: Parser, frame: Frame, body: Operand, names: tuple[str, ...], stop: int) -> Operand:
    """The derivative of an operand by names, the last of them first."""
    operands.require_number(body)
    span = Span(frame.opener.start, stop)
    if _CALLED.fullmatch(parser.text, body.start, body.stop) and body.tree.is_Mul:
        name = parser.text[body.start : body.stop].partition("(")[0].strip()
        raise syntax_errors.stands_for_formula(name, span, names)
    return parser.derivative(body, names, span)


def read_prime(parser: Parser, prime: Token) -> None:
    """Take a prime behind an operand, which is to be a bracket or a call."""
    frame, text = parser.frame, parser.text
    operand, before = frame.operand, parser.stream.before
    assert operand is not None, "a prime stands behind an operand"
    if _STRING.match(text):
        raise unreadable(text, prime.start)
    shown, order = text[operand.start : operand.stop], len(prime.text)
    if (
        operand.tree.is_Symbol
        and operand.stop - operand.start < MAX_SPELLING
        and not operand.literal
        and shown[0] != "("
    ):
        raise syntax_errors.prime_of_letter(shown, prime)
    short = without_middle(shown, MAX_SPELLING)
    span = Span(operand.start, prime.stop)
    raised = next((base for _, base in frame.prefixes if base is not None), None)
    if raised is not None and (before is None or before.text != ")"):
        short = without_middle(text[raised.start : operand.stop], MAX_SPELLING)
    if before is None or (before.text not in (")", "]") and before.kind != "bar") or operand.start == prime.start:
        raise DerivError("a prime stands behind a bracket", span=span, hint=f"write ({short})'")
    if raised is not None:
        whole = without_middle(text[raised.start : operand.stop], MAX_SPELLING)
        hint = f"write ({whole}){prime.text} or {text[raised.start : operand.start]}({short}{prime.text})"
        raise DerivError("what this prime differentiates is not clear", span=prime.span, hint=hint)
    if frame.factors and frame.operator is None and text[operand.start] == "(" and frame.factors[-1].tree.is_Symbol:
        first = frame.factors[-1]
        if first.stop == operand.start:
            name = text[first.start : first.stop]
            hint = f"write {name}*{short}{prime.text} or ({name}*{short}){prime.text}, or give the formula of {name}"
            raise DerivError("what this prime differentiates is not clear", span=prime.span, hint=hint)
    frame.operand = parser.derivative(operand, (tree.LEFT_OUT,) * order, span)


def check_bracket(parser: Parser, token: Token) -> None:
    """Refuse `(x^2)'(3)`, in which the bracket can be a point."""
    operand = parser.frame.operand
    if token.text != "(" or operand is None or not isinstance(operand.tree, tree.Derivative):
        return
    if operand.stop == token.start:
        first, second = parser.text[operand.start : operand.stop], bracket_at(parser.text, token.start)
        first, second = without_middle(first, MAX_SPELLING), without_middle(second, MAX_SPELLING)
        hint = f"for a product write {first}*{second}; points belong to `--at`, as in `--at x=3`"
        raise DerivError("a bracket behind a derivative has two readings", span=token.span, hint=hint)


def note_letter(parser: Parser, call: Frame) -> None:
    """Note that `D(x^2)` is read as a derivative."""
    if call.kind == CALL and call.opener.text == "D" and call.form is not None:
        message = "D is read as the derivative; for a product write D*(...)"
        parser.notes.add("operator letter", message, call.opener.span)


def closed_square(parser: Parser, token: Token) -> None:
    """End an operator behind its square bracket, as in `d/dx[x^2]*x`."""
    frame, after = parser.frame, parser.next
    if token.text != "]" or frame.kind != OPERATOR or frame.factors:
        return
    text = parser.text
    head, body = text[frame.opener.start : frame.head_stop], text[frame.head_stop : token.stop].strip()
    span = Span(frame.opener.start, token.stop)
    if after.text in ("**", "!") or after.kind == "superscript":
        power = without_middle(text[after.start : after.stop], MAX_SPELLING) + "..." * (after.text == "**")
        hint = f"write {head} ({body}{power}) or ({head} {body}){power}"
        raise DerivError("what this is the power of is not clear here", span=after.span, hint=hint)
    close_operator(parser)
    if after.text in ("*", "/") or (after.kind in ("name", "number", "bar") and after.text not in WORDS):
        message = f"the derivative is that of {body}; for that of the product write {head} ({body} ...)"
        parser.notes.add("square", without_middle(message, 3 * MAX_SPELLING), span)


def check_differential(parser: Parser, line: Token) -> None:
    """Refuse a differential under a line over which no `d` stands."""
    place = 1 if parser.next.text == "(" else 0
    name = parser.stream.peek(place)
    if name.text == "∂" or (
        name.kind == "name" and name.text not in parser.declared and _is_differential(parser, name)
    ):
        shown = parser.text[name.start : name.stop]
        hint = "write d/dx (...) or diff(..., x)"
        raise DerivError(f"what stands over '{shown}' is no derivative", span=Span(line.start, name.stop), hint=hint)


def _is_differential(parser: Parser, name: Token) -> bool:
    return "d" not in parser.declared and is_differential(name.text) and name.text[1].isalpha()
