"""Rigorous numbers: a formula as a truncated power series in ball arithmetic (FLINT's arb).

A ball is a number with a proved bound of its error. The formula is evaluated as typed, from the values of its
functions alone: the coefficients of x + t carry the derivatives along, so no derivative formula of the
function table and none of SymPy's is used here, and nothing of the programs that PyTorch runs.

At an exact point every question such as "is this zero?" has an answer: by the ball, where it does not hold 0,
and by rational arithmetic where it does. What neither answers needs more precision.
"""
