"""Scenes drawn with Matplotlib."""
