"""Where the pieces of formulas meet: the points that formulas single out, and what is true at them."""
