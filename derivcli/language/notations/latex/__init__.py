"""Formulas in LaTeX, written anew in our notation."""
