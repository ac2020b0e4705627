"""In PyTorch: backward passes over the graph of a program, and a compiled kernel of them."""
