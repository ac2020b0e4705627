"""Derivatives that are taken where they stand in a formula."""

from __future__ import annotations

from collections.abc import Mapping

from derivcli.language.tree import Tree, without_zero_products


def slope(tree: Tree, orders: Mapping[Tree, int]) -> Tree:
    """The derivative of a tree by variables, each as often as it says."""
    for by, order in orders.items():
        for _ in range(order):
            tree = without_zero_products(tree.diff(by))
    return tree
