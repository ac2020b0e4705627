"""Operations other than differentiating that people ask for, and the way out for each."""

from __future__ import annotations

DIFFERENTIATES = "deriv differentiates by itself"
INTEGRATES = "deriv does not integrate"

_ROWS = (
    (
        "diff Diff differentiate Derivative derivative derivatives derive deriv d D",
        f"'{{}}' is not needed: {DIFFERENTIATES}",
        "give the plain expression, and the variable with `--wrt`",
    ),
    (
        "find Find compute Compute calculate Calculate evaluate Evaluate what What please Please return def",
        "'{}' is no part of a formula",
        "give the plain expression, and the variable with `--wrt`",
    ),
    (
        "squared cubed plus minus times over",
        "'{}' is written with a sign",
        "write + - * / for plus, minus, times and over, and x^2 or x^3 for a power",
    ),
    (
        "grad gradient",
        "'{}' is not needed: deriv differentiates by every variable",
        "give the plain expression",
    ),
    (
        "jacobian Jacobian",
        "'{}' is not needed: several expressions make a Jacobian matrix",
        "give the plain expressions, one after the other",
    ),
    (
        "simplify expand factor",
        "'{}' is not needed for derivatives, and deriv does nothing else with formulas",
        "give the plain expression",
    ),
    (
        "integrate integral integrals Integral antiderivative",
        INTEGRATES,
        "whether F is an integral of f, `deriv answer F f` tells",
    ),
    (
        "lim limit limits Limit",
        "deriv finds limits only where it checks derivatives",
        'at a hole or a jump it tells them, as in `deriv "sin(x)/x" --at x=0`',
    ),
    (
        "solve Solve solver nsolve",
        "deriv does not solve equations",
        'the derivatives of an implicit function need no solving: `deriv "x^2+y^2=25" --implicit y`',
    ),
    (
        "zeros roots",
        "deriv does not look for zeros",
        "a table shows where the sign changes, as with `--at x=-3:3:13`",
    ),
    (
        "extrema extremum minimize maximize optimize",
        "deriv does not look for extrema",
        "a table shows where the derivative changes its sign, as with `--at x=-3:3:13`",
    ),
    (
        "Symbol symbols Dummy",
        "'{}' is not needed: every letter is a variable",
        "write the letter without it, as in x",
    ),
    (
        "Float",
        "'{}' is not needed: decimals are exact",
        "write the number without it, as in 0.1",
    ),
    (
        "DiracDelta",
        "'{}' is no function of a number",
        "write heaviside(x), whose derivative it would be",
    ),
    (
        "select",
        "'{}' takes lists, which are no part of a formula",
        "write Piecewise((a, x > 0), (b, True))",
    ),
)

OPERATIONS = {word: (message.format(word), hint) for words, message, hint in _ROWS for word in words.split()}
"""By its name, what is said of an operation, and the way out."""

SIGNS = {
    "∇": (DIFFERENTIATES, "leave it out; a formula of several variables has a gradient"),
    **dict.fromkeys("′″‴⁗´`", ("a prime stands behind a bracket", "write (x^2)' for the derivative of x^2")),
    "∫": (INTEGRATES, "give the formula whose derivative you want; with bounds write integral(exp(-t^2), t, 0, x)"),
    "∑": ("the sign ∑ is not read here", "write sum(k*x^k, k, 1, 5)"),
    "∏": ("the sign ∏ is not read here", "write product(x + k, k, 1, 5)"),
    "→": ("limits are not read here", "give the formula alone; points belong to `--at`, as in `--at x=0`"),
}
"""The same by the sign of an operation, which no word names."""
