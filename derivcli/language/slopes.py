"""Derivatives that are taken where they stand in a formula."""

from __future__ import annotations

from collections.abc import Mapping

from derivcli.language.tree import Derivative, Tree


def slope(tree: Tree, orders: Mapping[Tree, int]) -> Tree:
    """The derivative of a tree by variables, each as often as it says; without a value where there may be none."""
    for by, order in orders.items():
        for _ in range(order):
            tree = Derivative.in_place(tree, by)
    return tree
