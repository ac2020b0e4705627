"""Computational graphs as pictures."""
