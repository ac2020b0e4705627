"""Scenes of two variables: levels, gradients, surfaces, vector fields."""
