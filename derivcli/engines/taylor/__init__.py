"""Truncated power series of several variables: every derivative of a program up to a power, in one pass."""
