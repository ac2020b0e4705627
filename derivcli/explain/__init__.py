"""Showing how a number came about."""
