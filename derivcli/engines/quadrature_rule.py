"""The rule of Gauss and Kronrod with 10 and 21 nodes, on -1 to 1.

(Piessens, de Doncker-Kapenga, Überhuber and Kahaner, "QUADPACK", 1983, routine qk21.)
"""

from __future__ import annotations

from fractions import Fraction

_NODES = (
    0.995657163025808080735527280689003, 0.973906528517171720077964012084452, 0.930157491355708226001207180059508,
    0.865063366688984510732096688423493, 0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
    0.562757134668604683339000099272694, 0.433395394129247190799265943165784, 0.294392862701460198131126603103866,
    0.148874338981631210884826001129720,
)  # fmt: skip
_WEIGHTS = (
    0.011694638867371874278064396062192, 0.032558162307964727478818972459390, 0.054755896574351996031381300244580,
    0.075039674810919952767043140916190, 0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
    0.123491976262065851077958109585166, 0.134709217311473325928054001771707, 0.142775938577060080797094273138717,
    0.147739104901338491374841515972068,
)  # fmt: skip
_GAUSS_WEIGHTS = (
    0.066671344308688137593568809893332, 0.149451349150580593145863396957717, 0.219086362515982043995534934228163,
    0.269266719309996355091226921569469, 0.295524224714752870173815619188769,
)  # fmt: skip
_WITH_ZEROS = tuple(weight for gauss in _GAUSS_WEIGHTS for weight in (0.0, gauss))

NODES: tuple[float, ...] = (*(-node for node in _NODES), 0.0, *_NODES[::-1])
WEIGHTS: tuple[float, ...] = (*_WEIGHTS, 0.149445554002916905664936468389821, *_WEIGHTS[::-1])
GAUSS_WEIGHTS: tuple[float, ...] = (*_WITH_ZEROS, 0.0, *_WITH_ZEROS[::-1])
"""The weights of the 10 nodes that are Gauss's, and 0 for the others."""

GAP = 1 - NODES[-1]
"""How far the last node is from the end."""


def _to_end(place: int) -> float:
    """The share of a node's height in that of the polynomial through all nodes at 1."""
    share = Fraction(1)
    for other, node in enumerate(NODES):
        if other != place:
            share *= (1 - Fraction(node)) / (Fraction(NODES[place]) - Fraction(node))
    return float(share)


END_WEIGHTS: tuple[float, ...] = tuple(_to_end(place) for place in range(len(NODES)))
"""What gives the polynomial through all nodes at 1; backwards it is the one at -1."""
