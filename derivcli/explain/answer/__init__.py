"""Is a formula the derivative that it is meant to be, and if not, why not."""
