"""Special functions on numbers, which the engines in PyTorch share."""
