"""Cells as people write them: numbers, times, thousands, and what is missing."""
