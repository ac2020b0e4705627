"""The same job as a script: PyTorch by hand, with comments that say why."""
