"""Scenes of implicit, parametric and polar curves."""
