"""Scenes of functions of one variable, from their numbers and what a study knows."""
