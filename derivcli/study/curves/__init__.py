"""Curves: their slopes, curvature and tangents, where they have any."""
