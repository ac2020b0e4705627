"""What is said of gradients that are wrong: each kind of mistake by its own sentence."""
