"""How a derivative is found, rule by rule."""
