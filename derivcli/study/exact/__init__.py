"""Exact numbers: formulas of zeros and values, rational functions, factors, and identities."""
