"""Scenes in a terminal."""
