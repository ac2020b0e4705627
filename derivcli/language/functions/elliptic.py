"""Rows: Legendre's elliptic integrals by the parameter m, and the integral that all their derivatives are."""

from __future__ import annotations

from derivcli.language.functions.row import WHOLE, Function, function

PARAMETER = (-2.0, 0.9)
ANGLE = (0.2, 1.4)
CHARACTERISTIC = (-1.5, 0.8)

ELLIPTIC: tuple[Function, ...] = (
    function(
        "elliptic_k(m)",
        "Complete elliptic integral of the first kind; m is the square of the modulus.",
        primitive_because="elliptic_f(pi/2, m) is finite at m = 1, since pi/2 is rounded",
        aliases=("ellipk",),
        derivatives=("ellipint(1, 0, 2, 0, pi/2, m)/2",),
        scipy="scipy.special.ellipk(m)",
        latex=r"\operatorname{K}",
        defined="m < 1",
        domain=(PARAMETER,),
    ),
    function(
        "elliptic_f(z, m)",
        "Elliptic integral of the first kind: 1/sqrt(1 - m*sin(t)**2) integrated from 0 to z.",
        primitive_because="ellipint(0, 0, 1, 0, z, m) takes three hundred times as long",
        aliases=("ellipf", "ellipkinc"),
        derivatives=("1/sqrt(1-m*sin(z)^2)", "ellipint(1, 0, 2, 0, z, m)/2"),
        scipy="mpmath.ellipf(z, m)",
        latex=r"\operatorname{F}",
        defined="m*sin(t)**2 < 1 from 0 to z",
        real_where="m < 1 or abs(z) < asin(1/sqrt(m))",
        domain=(ANGLE, PARAMETER),
    ),
    function(
        "elliptic_e(m)",
        "Complete elliptic integral of the second kind; elliptic_e(z, m) is the incomplete one.",
        primitive_because="elliptic_e_inc(pi/2, m) is proved at no m = 1, where pi/2 is the end of its domain",
        aliases=("ellipe",),
        longer="elliptic_e_inc",
        derivatives=("-ellipint(1, 0, 1, 0, pi/2, m)/2",),
        special=(("edge", "m == 1"),),
        scipy="scipy.special.ellipe(m)",
        latex=r"\operatorname{E}",
        defined="m <= 1",
        domain=(PARAMETER,),
    ),
    function(
        "elliptic_e_inc(z, m)",
        "Elliptic integral of the second kind: sqrt(1 - m*sin(t)**2) integrated from 0 to z.",
        primitive_because="ellipint(0, 0, 0, 0, z, m) takes three hundred times as long",
        aliases=("ellipeinc",),
        derivatives=("sqrt(1-m*sin(z)^2)", "-ellipint(1, 0, 1, 0, z, m)/2"),
        scipy="mpmath.ellipe(z, m)",
        latex=r"\operatorname{E}",
        defined="m*sin(t)**2 <= 1 from 0 to z",
        real_where="m <= 1 or abs(z) < asin(1/sqrt(m))",
        domain=(ANGLE, PARAMETER),
    ),
    function(
        "elliptic_pi(n, m)",
        "Complete elliptic integral of the third kind; elliptic_pi(n, z, m) is the incomplete one.",
        primitive_because="elliptic_pi_inc(n, pi/2, m) is finite at m = 1, since pi/2 is rounded",
        aliases=("ellippi",),
        longer="elliptic_pi_inc",
        derivatives=("ellipint(1, 2, 1, n, pi/2, m)", "ellipint(1, 1, 2, n, pi/2, m)/2"),
        scipy="mpmath.ellippi(n, m)",
        latex=r"\Pi",
        defined="m < 1 and n < 1",
        domain=(CHARACTERISTIC, PARAMETER),
    ),
    function(
        "elliptic_pi_inc(n, z, m)",
        "Elliptic integral of the third kind: 1/((1 - n*sin(t)**2)*sqrt(1 - m*sin(t)**2)) integrated from 0 to z.",
        primitive_because="ellipint(0, 1, 1, n, z, m) is proved at no end of its domain, where it still has a value",
        derivatives=(
            "ellipint(1, 2, 1, n, z, m)",
            "1/((1-n*sin(z)^2)*sqrt(1-m*sin(z)^2))",
            "ellipint(1, 1, 2, n, z, m)/2",
        ),
        scipy="mpmath.ellippi(n, z, m)",
        latex=r"\Pi",
        defined="m*sin(t)**2 < 1 and n*sin(t)**2 < 1 from 0 to z",
        domain=(CHARACTERISTIC, ANGLE, PARAMETER),
    ),
    function(
        "ellipint(p, i, j, n, z, m)",
        "sin(t)**(2*p)*(1 - n*sin(t)**2)**(-i)*(1 - m*sin(t)**2)**(1/2 - j) integrated from 0 to z.",
        primitive_because="basic: the derivatives of the incomplete integrals",
        whole=("p", "i", "j"),
        derivatives_of="elliptic_pi_inc",
        derivatives=(
            "0",
            "0",
            "0",
            "i*ellipint(p+1, i+1, j, n, z, m)",
            "sin(z)^(2*p)*(1-n*sin(z)^2)^(-i)*(1-m*sin(z)^2)^(1/2-j)",
            "(j-1/2)*ellipint(p+1, i, j+1, n, z, m)",
        ),
        scipy="mpmath.quad(lambda t: mpmath.sin(t)**(2*p)*(1 - n*mpmath.sin(t)**2)**-i"
        "*(1 - m*mpmath.sin(t)**2)**(0.5 - j), [0, z])",
        defined="m*sin(t)**2 < 1 and n*sin(t)**2 < 1 from 0 to z",
        domain=(WHOLE, WHOLE, WHOLE, CHARACTERISTIC, ANGLE, PARAMETER),
    ),
)
