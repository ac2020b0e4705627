"""What functions of several variables do in a box, and where curves turn, stop and cross, with proof."""
