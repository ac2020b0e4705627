"""The study of a curve F(x, y) = 0 in a box: its horizontal and vertical tangents, and its singular points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from flint import arb, ctx, fmpq, fmpq_mpoly

from derivcli.check.enclosure import restored_context
from derivcli.check.verdict import Verdict
from derivcli.engines.balls.errors import NoValueError, UnsureError
from derivcli.engines.balls.tape import record
from derivcli.language.expression import Expression
from derivcli.language.tree import Tree
from derivcli.simplify.domains.roots import Root
from derivcli.study.boxes.bivariate import Pair, Polynomial, cusp_at, kind_at, polynomial_of, tree_of
from derivcli.study.boxes.jets import Box, Jets
from derivcli.study.boxes.krawczyk import (
    MAX_PARTS,
    ROOT_BITS,
    SEARCH_BITS,
    Part,
    Remainder,
    Solved,
    System,
    ball,
    solve,
)
from derivcli.study.boxes.points import OUTSIDE, Ends, Naming, clusters, outward, rooted
from derivcli.study.boxes.records import CurvePoint, CurveStudy, UndecidedBox
from derivcli.study.boxes.signature import signature
from derivcli.study.numbers import number_in, number_of, rational_root

STUDY_SECONDS = 2.0
PROVED = Verdict("proved", 16)
HORIZONTAL, VERTICAL = "horizontal", "vertical"

SINGULAR = "the formula may have no derivative here"
CLOSE = "the curve may cross itself here, or come close to that"
SPENT = "the search ended before this part was decided"
AT_END = "a point lies on the boundary of the box, or too close to it to tell"
NOT_EXACT = "the curve seems to cross itself here; that the function is exactly 0 is not proved"
LINE = "a whole line {} belongs to the curve"


def study_implicit(expression: Expression, box: Mapping[str, tuple[Root, Root]]) -> CurveStudy:
    """All such points of a curve in a closed box, proved to be all where nothing is left undecided."""
    names = tuple(box)
    ends = Ends(names, tuple(low for low, _ in box.values()), tuple(high for _, high in box.values()))
    with restored_context():
        return _Study(expression, ends).made()


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A singular point that is proved: its coordinates, its ball, and its kind."""

    at: tuple[Root, ...]
    kind: str


class _Study:
    """One study in the making."""

    def __init__(self, expression: Expression, ends: Ends) -> None:
        self.expression, self.ends = expression, ends
        names = ends.names
        tree, self.polynomial = _square_free(expression.expanded, names)
        self.tree = tree
        tape = record(tree, names)
        self.jets, self.naming = Jets(tape, names), Naming(tape)
        self.end = monotonic() + STUDY_SECONDS
        self.undecided: list[UndecidedBox] = []
        self.remarks: list[str] = []

    def made(self) -> CurveStudy:
        nodes = [*self.singular()]
        turns = {kind: [*self.turns(kind, nodes)] for kind in (HORIZONTAL, VERTICAL)}
        points = [self.point(node.at, node.kind) for node in nodes if self.ends.side(node.at) != OUTSIDE]
        return CurveStudy(
            (self.expression,),
            self.ends.names,
            tuple((number_of(a), number_of(b)) for a, b in zip(self.ends.low, self.ends.high, strict=True)),
            horizontal=tuple(turns[HORIZONTAL]),
            vertical=tuple(turns[VERTICAL]),
            singular=tuple(point for point in points if point.kind != "crossing"),
            crossings=tuple(point for point in points if point.kind == "crossing"),
            undecided=tuple(self.undecided),
            remarks=tuple(self.remarks),
        )

    def point(self, at: Sequence[Root], kind: str) -> CurvePoint:
        return CurvePoint(tuple(number_of(each, self.expression.spelling) for each in at), kind, PROVED)

    def leave(self, part: Sequence[tuple[float, float]], what: str, why: str) -> None:
        box = tuple((number_in(arb(low)), number_in(arb(high))) for low, high in part)
        self.undecided.append(UndecidedBox(box, what, why))

    def solve(self, system: System) -> Solved:
        return solve(system, self.ends.part, MAX_PARTS, max(self.end - monotonic(), 0.02))

    def singular(self) -> Iterator[Node]:
        """The points at which F and both derivatives are 0; named as open where F is not proved to be 0."""
        jets = self.jets
        system = System(lambda box: jets.at(box, 1), jets.system, also=lambda box: jets.at(box, 0))
        solved = self.solve(system)
        for solution in solved.found:
            ctx.prec = ROOT_BITS
            if not jets.at(solution.at, 0)[0].contains(0):
                continue
            trees = self.naming.exact(self.ends.names, solution.at, {}, self.ends.names)
            at = rooted(solution.at, trees)
            where = {name: root.where for name, root in zip(self.ends.names, at, strict=True)}
            if trees is None or not self.naming.is_zero(where):
                if self.ends.side(at) != OUTSIDE:
                    self.leave([outward(each) for each in solution.at], "singular", NOT_EXACT)
                continue
            signs = signature(jets.system(solution.at)[1])
            yield Node(at, "crossing" if signs == (1, 1) else "isolated" if signs else "singular")
        slopes = [] if self.polynomial is None else [self.polynomial.derivative(name) for name in self.ends.names]
        pair = Pair.of((self.ends.names[0], self.ends.names[1]), *slopes) if slopes else None
        for hull, members in clusters(solved.remainders):
            node = None if pair is None else self.exact_node(pair, hull)
            if node is None:
                self.leave(hull, "singular", _why(members))
            elif isinstance(node, Node):
                yield node

    def exact_node(self, pair: Pair, hull: Part) -> Node | bool | None:
        """The only singular point in a part, of a polynomial; True where there is none, None where it is not known."""
        polynomial = self.polynomial
        assert polynomial is not None, "a pair is that of a polynomial's derivatives"
        point = pair.only_point(hull)
        if point is None or point == ():
            return None if point is None else True
        if polynomial(*point) != 0:
            return True
        kind = {"minimum": "isolated", "maximum": "isolated"}.get(kind_at(polynomial, point) or "", "singular")
        if kind == "singular" and cusp_at(polynomial, point):
            kind = "cusp"
        return Node(tuple(rational_root(each) for each in point), kind)

    def turns(self, kind: str, nodes: Sequence[Node]) -> Iterator[CurvePoint]:
        """The points with a horizontal or a vertical tangent: F and one derivative are 0, and the other is not."""
        along = 0 if kind == HORIZONTAL else 1
        pair, system = self.equations(kind, along)
        solved = self.solve(system)
        for solution in solved.found:
            ctx.prec = ROOT_BITS
            across = self.jets.at(solution.at, 1)[1 - along]
            at = rooted(solution.at, self.named(solution.at, along))
            side = self.ends.side(at)
            if side == OUTSIDE or any(_overlap(node.at, solution.at) for node in nodes):
                continue
            if side is None or across.contains(0):
                self.leave([outward(each) for each in solution.at], kind, AT_END if side is None else CLOSE)
                continue
            yield self.point(at, kind)
        for hull, members in clusters(solved.remainders):
            inside = [node for node in nodes if _holds(hull, node.at)]
            if len(inside) == 1 and (self.is_only_node(hull, along) or (pair and _is_only(pair, hull))):
                continue
            point = None if pair is None or inside else pair.only_point(hull)
            if point is None or (point and self.polynomial is None):
                self.leave(hull, kind, _why(members))
            elif point:
                yield from self.exact_turn(point, kind, along)

    def exact_turn(self, point: Sequence[fmpq], kind: str, along: int) -> Iterator[CurvePoint]:
        """A tangent that touches more closely, such as that of y = x^3."""
        assert self.polynomial is not None, "rational points come from polynomials"
        across = self.polynomial.derivative(self.ends.names[1 - along])
        at = tuple(rational_root(each) for each in point)
        if across(*point) != 0 and self.ends.side(at) != OUTSIDE:
            yield self.point(at, kind)

    def named(self, at: Sequence[arb], along: int) -> list[Tree] | None:
        """Formulas of the coordinates, if F and the derivative are proved to be 0 there."""
        trees = self.naming.exact(self.ends.names, at, {}, [self.ends.names[along]])
        if trees is None:
            return None
        where = {name: root.where for name, root in zip(self.ends.names, rooted(at, trees), strict=True)}
        return trees if self.naming.is_zero(where) else None

    def equations(self, kind: str, along: int) -> tuple[Pair | None, System]:
        """F = 0 and F_x = 0, or F_y = 0, without the lines that belong to the curve."""
        polynomial, names = self.polynomial, self.ends.names
        if polynomial is not None:
            pair = Pair.of((names[0], names[1]), polynomial, polynomial.derivative(names[along]))
            if pair is not None and pair.common.total_degree():
                self.remarks += [f"{LINE.format(_equation(each, names))}" for each in pair.curves(self.ends.part)]
                return pair, pair.system()
        else:
            pair = None
        jets = self.jets

        def values(box: Box) -> list[arb]:
            return [jets.at(box, 0)[0], jets.at(box, 1)[along]]

        def jacobian(box: Box) -> tuple[list[arb], list[Sequence[arb]]]:
            slopes, rows = jets.system(box)
            return [jets.at(box, 0)[0], slopes[along]], [slopes, rows[along]]

        return pair, System(values, jacobian)

    def is_only_node(self, hull: Part, along: int) -> bool:
        """Whether F and one derivative are 0 together at no more than one point of a part, which is a singular one.

        Let d lead from the singular point to another. By the mean value theorem the derivative says that
        h11 d1 + h12 d2 = 0, and F that H11 d1^2 + 2 H12 d1 d2 + H22 d2^2 = 0, with entries of Hessians in the part. If
        the first gives d1 as a multiple of d2, and the second has no zero then, d is 0.
        """
        before = ctx.prec
        ctx.prec = SEARCH_BITS
        try:
            _, rows = self.jets.system([ball(each) for each in hull])
            first, mixed, second = rows[along][along], rows[along][1 - along], rows[1 - along][1 - along]
            if first.contains(0):
                return False
            ratio = -mixed / first
            return not (first * ratio * ratio + 2 * mixed * ratio + second).contains(0)
        except (UnsureError, NoValueError):
            return False
        finally:
            ctx.prec = before


def _square_free(tree: Tree, names: Sequence[str]) -> tuple[Tree, Polynomial | None]:
    """F without repeated factors, as a polynomial too if it is one."""
    polynomial = polynomial_of(tree, names)
    if polynomial is None or polynomial.total_degree() < 1:
        return tree, polynomial
    factors = polynomial.factor()[1]
    if all(times == 1 for _, times in factors):
        return tree, polynomial
    once = factors[0][0]
    for factor, _ in factors[1:]:
        once = once * factor
    return tree_of(once, names), once


def _is_only(pair: Pair, hull: Part) -> bool:
    return pair.at_most_one(hull) is not None


def _equation(factor: fmpq_mpoly, names: Sequence[str]) -> str:
    from derivcli.engines.symbolic import arrange
    from derivcli.language.printer import text_of

    return f"{text_of(arrange(tree_of(factor, names)))} = 0"


def _why(members: Sequence[Remainder]) -> str:
    if any(each.singular for each in members):
        return SINGULAR
    return CLOSE if all(each.small for each in members) else SPENT


def _overlap(at: Sequence[Root], other: Sequence[arb]) -> bool:
    return all(one.ball.overlaps(two) for one, two in zip(at, other, strict=True))


def _holds(hull: Part, at: Sequence[Root]) -> bool:
    return all(ball(interval).contains(root.ball) for interval, root in zip(hull, at, strict=True))
