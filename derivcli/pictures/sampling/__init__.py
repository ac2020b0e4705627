"""Unbroken lines through a function, as fine as a picture can show."""
