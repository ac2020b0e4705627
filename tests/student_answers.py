"""Answers of students in a first course of calculus, written by hand: right ones in odd forms, and wrong ones.

`function ; answer` is one, and & stands between two. Wrong ones stand under what went wrong: a name for it, the kinds
of a diagnosis that say so, and a pattern that its sentence has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

RIGHT = r"""
x^2 ; x*2  &  x^3 ; x^2*3  &  x^3 ; 3xx  &  5x ; 10/2  &  7 ; 0  &  3x^4-2x^2+5x-7 ; 5 - 4x + 12x^3
3x^4-2x^2+5x-7 ; 4x(3x^2-1)+5  &  x^5 ; 5x^5/x  &  (x+1)^2 ; 2x+2  &  (x+1)^2 ; 2*(1+x)  &  (2x+3)^2 ; 8x+12
(2x+1)^3 ; 6(4x^2+4x+1)  &  (x-1)(x+1) ; (x+1)+(x-1)  &  x(x+3) ; x + (x+3)  &  (x^2+1)(x-2) ; 3x^2 - 4x + 1
1/x ; -x^-2  &  1/x ; -(1/x)^2  &  1/x ; -1/(x*x)  &  1/x^2 ; -2x^(-3)  &  1/x^2 ; -2/(x*x^2)  &  3/x ; -3/x^2
5/x^3 ; -15x^-4  &  1/(x+1) ; -(x+1)^(-2)  &  1/(2x-1) ; -2/(4x^2-4x+1)  &  sqrt(x) ; 1/2*x^(-1/2)
sqrt(x) ; sqrt(x)/(2x)  &  sqrt(x) ; 0.5/sqrt(x)  &  sqrt(x) ; 1/(sqrt(x)+sqrt(x))  &  sqrt(3x) ; sqrt(3)/(2sqrt(x))
sqrt(3x) ; 3/(2 sqrt(3x))  &  sqrt(x^2+1) ; x(x^2+1)^(-1/2)  &  sqrt(x^2+1) ; 2x/(2 sqrt(x^2+1))
x sqrt(x) ; 3/2*sqrt(x)  &  x sqrt(x) ; sqrt(x) + x/(2sqrt(x))  &  x^(2/3) ; 2/(3x^(1/3))  &  x^(3/2) ; 1.5x^0.5
1/sqrt(x) ; -1/(2x sqrt(x))  &  1/sqrt(x) ; -1/2*x^(-3/2)  &  (x^2+1)/x ; 1-1/x^2
(x^2+1)/x ; (2x*x-(x^2+1)*1)/x^2  &  x/(x+1) ; ((x+1)-x)/(x+1)^2  &  x/(x+1) ; (x+1)^-2  &  (x+1)/(x-1) ; -2/(x-1)^2
(x+1)/(x-1) ; (x-1-x-1)/(x^2-2x+1)  &  x^2/(x^2+1) ; 2x/(x^4+2x^2+1)  &  sin(2x) ; 2(cos(x)^2-sin(x)^2)
sin(2x) ; 4cos(x)^2-2  &  sin(2x) ; 2-4 sin(x)^2  &  sin(x)^2 ; 2 sin x cos x  &  sin(x)^2 ; sin 2x
cos(x)^2 ; -sin(2x)  &  cos(x)^2 ; -2cos(x)sin(x)  &  sin(x)cos(x) ; cos(2x)  &  sin(x)cos(x) ; cos(x)^2-sin(x)^2
sin(x)cos(x) ; 1-2sin(x)^2  &  tan(x) ; 1+tan(x)^2  &  tan(x) ; sec(x)^2  &  tan(x) ; (cos(x)^2+sin(x)^2)/cos(x)^2
cot(x) ; -1/sin(x)^2  &  cot(x) ; -1-cot(x)^2  &  sec(x) ; sin(x)/cos(x)^2  &  csc(x) ; -cos(x)/sin(x)^2
cos(3x) ; -sin(3x)*3  &  sin(x^2) ; cos(x^2)*2x  &  x sin x ; x cos x + sin x  &  x cos x ; cos(x)-x*sin(x)
sin(x)/x ; (cos(x)-sin(x)/x)/x  &  x^2 sin x ; x(2 sin x + x cos x)  &  e^(2x) ; 2(e^x)^2  &  e^(2x) ; e^(2x)+e^(2x)
e^(-x) ; -1/e^x  &  e^(x^2) ; 2x exp(x^2)  &  x e^x ; (x+1)e^x  &  x e^x ; e^x(1+x)  &  x^2 e^(-x) ; x(2-x)/e^x
e^x/x ; e^x(x-1)/x^2  &  (e^x+e^(-x))/2 ; sinh(x)  &  2^x ; ln(2)*2^x  &  2^x ; 2^x/log(e, 2)
10^x ; ln(10) e^(x ln 10)  &  ln(x) ; x^-1  &  ln(2x) ; 2/(2x)  &  ln(2x) ; 1/x  &  ln(x^2) ; 2/x
ln(x^3) ; 3x^2/x^3  &  ln(x)^2 ; ln(x^2)/x  &  ln(x)/x ; 1/x^2-ln(x)/x^2  &  x ln x ; 1+ln x  &  x ln x ; ln(e*x)
x ln x - x ; ln x  &  ln(sin x) ; cot x  &  ln(cos x) ; -tan x  &  ln(x^2+1) ; (2x)/(1+x^2)
ln((x+1)/(x-1)) ; 1/(x+1)-1/(x-1)  &  ln(sqrt(x)) ; 1/(2x)  &  ln(1/x) ; -1/x  &  log10(x) ; 1/(x ln 10)
arctan(x) ; (1+x^2)^-1  &  arctan(2x) ; 2/(1+(2x)^2)  &  arcsin(x/2) ; 1/sqrt(4-x^2)  &  arcsin(x) ; (1-x^2)^(-1/2)
x^x ; x^x ln x + x^x  &  x^x ; e^(x ln x)(ln x + 1)  &  tanh(x) ; 1-tanh(x)^2  &  |x| ; x/|x|
x^4-3x ; 4x^3+(-3)  &  (3-x)^2 ; -2(3-x)  &  1/(3x) ; -1/(3x^2)  &  x^2 e^x ; (x^2+2x)e^x  &  cos(x^2) ; -2x*sin(x^2)
sqrt(5-x) ; -1/2(5-x)^(-1/2)  &  ln(5x-2) ; 5*(5x-2)^-1  &  sin(x)/cos(x) ; sec(x)^2  &  tan(x)^2 ; 2tan(x)/cos(x)^2
e^(3x+1) ; 3e*e^(3x)  &  (x^2-4)/(x-2) ; 1  &  x^3 ln x ; x^2(3ln x+1)  &  arctan(1/x) ; -1/(x^2+1)
4^x ; 2ln(2)*2^(2x)  &  sin(x)^3 ; 3 sin(x) sin(x) cos(x)  &  (1+1/x)^2 ; -2/x^2-2/x^3
x/(x^2+1) ; (1-x^2)/(1+x^2)^2  &  |2x-1| ; 2(2x-1)/|2x-1|  &  sin(x^2) ; 2x*cos x^2  &  x^6 ; 6x^2*x^3
3/4*x ; 0.75  &  x^2-9 ; (x+x)
y = x^2 ; y' = 2x  &  f(x) = x^3 ; f'(x) = 3x^2  &  x^2 ; dy/dx = 2x  &  $x^3$ ; $3x^2$
\frac{1}{x} ; -\frac{1}{x^2}
\sqrt{x} ; \frac{1}{2\sqrt{x}}  &  x² ; 2·x  &  sin²(x) ; 2sin(x)cos(x)  &  x^2 ; 2.0x  &  x/4 ; 0.25
x^2/2 ; x  &  (x+1)(x+2)(x+3) ; 3x^2+12x+11  &  e^x sin x ; e^x(sin x+cos x)  &  ln(x)/ln(2) ; 1/(x ln 2)
cos(x)^2-sin(x)^2 ; -4sin(x)cos(x)  &  1/cos(x) ; sec(x)tan(x)  &  sqrt(x)/x ; -1/(2x^(3/2))  &  e^(ln x) ; x/x
ln(e^x) ; 1  &  sin(x+pi/2) ; -sin(x)  &  (2x)^3 ; 3*(2x)^2*2  &  x^2+2x+1 ; 2(x+1)  &  (x^3)^4 ; 12x^8*x^3
"""

WRONG = """
# the inner derivative is left out : inner : is missing
sin(3x) ; cos(3x)  &  cos(5x) ; -sin(5x)  &  sin(x^2) ; cos(x^2)  &  e^(2x) ; e^(2x)  &  e^(-x) ; e^(-x)
e^(x^2) ; e^(x^2)  &  (2x+1)^3 ; 3(2x+1)^2  &  (x^2+1)^5 ; 5(x^2+1)^4  &  sqrt(2x+1) ; 1/(2sqrt(2x+1))
ln(3x) ; 1/(3x)  &  ln(x^2+1) ; 1/(x^2+1)  &  tan(2x) ; sec(2x)^2  &  arctan(2x) ; 1/(1+4x^2)
1/(3x+2) ; -1/(3x+2)^2  &  x e^(3x) ; e^(3x)+x e^(3x)
# the outer derivative is taken at the inner one : inner : not inside
sin(x^2) ; cos(2x)  &  e^(x^2) ; e^(2x)  &  cos(x^3) ; -sin(3x^2)  &  ln(x^2+1) ; 1/(2x)  &  (x^2+1)^3 ; 3(2x)^2
tan(x^2) ; sec(2x)^2
# the outer derivative is taken at x : inner : not at x
sin(2x) ; 2cos(x)  &  cos(3x) ; -3sin(x)  &  e^(3x) ; 3e^x  &  ln(5x) ; 5/x  &  sin(x^2) ; 2x cos(x)
tan(3x) ; 3sec(x)^2
# only the inside is differentiated : inner|function : outer|inside
sin(x)^2 ; cos(x)^2  &  cos(x)^3 ; -sin(x)^3  &  ln(x)^2 ; 1/x^2  &  sin(x^2) ; sin(2x)  &  sin(x^2) ; 2x sin(x^2)
cos(4x) ; 4cos(4x)  &  ln(x^2+1) ; ln(2x)  &  sqrt(x^2+1) ; sqrt(2x)
# the argument is not put in whole : inner : whole
arctan(2x) ; 2/(1+2x^2)  &  arcsin(3x) ; 3/sqrt(1-3x^2)  &  arctan(x/3) ; 1/(3(1+x^2/3))  &  arctan(5x) ; 5/(1+5x^2)
arcsin(2x) ; 2/sqrt(1-2x^2)  &  arctan(3x) ; 3/(3x^2+1)
# another function is differentiated : confused : taken for that of
tan x ; sec x tan x  &  sec x ; sec(x)^2  &  arctan(x) ; 1/sqrt(1-x^2)  &  arcsin(x) ; 1/(1+x^2)  &  log10(x) ; 1/x
cot(x) ; -csc(x)cot(x)  &  tan(3x) ; 3 sec(3x) tan(3x)  &  ln(x) ; e^x  &  arccos(x) ; 1/sqrt(1-x^2)
csc(x) ; -csc(x)^2
# a sign of a trigonometric derivative : sign : .*
cos(x) ; sin(x)  &  cos(2x) ; 2sin(2x)  &  sin(x) ; -cos(x)  &  x + cos x ; 1 + sin x  &  cot(x) ; csc(x)^2
x cos x ; cos x + x sin x  &  cosh(x) ; -sinh(x)  &  csc(x) ; csc(x)cot(x)  &  cos(x)^2 ; 2 sin x cos x
# a product is differentiated factor by factor : product : factor by factor
x sin x ; cos x  &  x^2 sin x ; 2x cos x  &  x e^x ; e^x  &  x^2 e^x ; 2x e^x  &  x ln x ; 1/x  &  x^2 ln x ; 2
(x+1)(x^2+1) ; 2x  &  sin(x)cos(x) ; -sin(x)cos(x)  &  e^x sin x ; e^x cos x  &  (x^2+1)(x^3-2) ; 6x^3
# a term of the product rule is missing : product : is missing
x^2 sin x ; 2x sin x  &  x^2 sin x ; x^2 cos x  &  x ln x ; ln x  &  x^3 ln x ; 3x^2 ln x  &  x cos x ; -x sin x
(2x+1)e^(3x) ; 3(2x+1)e^(3x)
# the product rule with a minus : product|sign : subtracts|sign
x^2 sin x ; 2x sin x - x^2 cos x  &  x e^x ; e^x - x e^x  &  x ln x ; ln x - 1
# a quotient is differentiated part by part : quotient : over that of|differentiated
x/(x+1) ; 1  &  x^2/(x+1) ; 2x  &  sin(x)/x ; cos(x)  &  (x^2+1)/(x^3-1) ; 2x/(3x^2)  &  e^x/x^2 ; e^x/(2x)
ln(x)/x ; 1/x  &  1/(x^2+1) ; 1/(2x)
# the terms of the quotient rule are exchanged : quotient : order
x/(x+1) ; (x-(x+1))/(x+1)^2  &  sin(x)/x ; (sin x - x cos x)/x^2  &  (x^2+1)/(x-1) ; (x^2+1-2x(x-1))/(x-1)^2
e^x/x ; (e^x-x e^x)/x^2  &  ln(x)/x ; (ln x-1)/x^2  &  (x+1)/(x-1) ; 2/(x-1)^2  &  x^2/(x+3) ; (x^2-2x(x+3))/(x+3)^2
# the quotient rule with a plus : quotient : minus
x/(x+1) ; (x+1+x)/(x+1)^2  &  sin(x)/x ; (x cos x + sin x)/x^2  &  e^x/x ; (x e^x+e^x)/x^2
(2x+1)/(x^2+1) ; (2(x^2+1)+2x(2x+1))/(x^2+1)^2
# the denominator is not squared : quotient : squared
x/(x+1) ; 1/(x+1)  &  sin(x)/x ; (x cos x-sin x)/x  &  1/(x+1) ; -1/(x+1)  &  1/(x^2+1) ; -2x/(x^2+1)
(x+1)/(x-1) ; -2/(x-1)  &  e^x/(x+1) ; x e^x/(x+1)
# the quotient rule without a denominator : quotient : divides
x/(x^2+1) ; x^2+1-2x^2  &  sin(x)/x ; x cos x-sin x  &  x^2/(x+1) ; 2x(x+1)-x^2
# a negative exponent goes the wrong way : power : lowered|exponent
1/x^2 ; -2/x  &  1/x^3 ; -3/x^2  &  4/x^2 ; -8/x  &  1/x^4 ; -4/x^3  &  x^(-2) ; -2x^(-1)  &  x^(-3) ; -3x^(-2)
1/x ; -1  &  1/(x+1)^2 ; -2/(x+1)
# the sign of a reciprocal is lost : sign : minus|sign
1/x ; 1/x^2  &  1/x^2 ; 2/x^3  &  3/x ; 3/x^2  &  1/(x+2) ; 1/(x+2)^2  &  1/sqrt(x) ; 1/(2x^(3/2))
x^2+1/x ; 2x+1/x^2
# a reciprocal is 1 over the derivative : quotient|power : 1 over that|is not
1/x^2 ; 1/(2x)  &  1/x^3 ; 1/(3x^2)  &  1/sin(x) ; 1/cos(x)  &  1/ln(x) ; x
# the exponent is not lowered : power : lowered by 1
x^3 ; 3x^3  &  x^5 ; 5x^5  &  2x^3 ; 6x^3  &  x^4 ; 4x^5  &  (x+1)^3 ; 3(x+1)^3
# the factor of the power rule is missing : power : factor . in the derivative|factor .* is missing
x^3 ; x^2  &  x^7 ; x^6  &  (x+1)^4 ; (x+1)^3  &  x^3+x^2 ; x^2+x
# the factor of the power rule is the new exponent : power : as it was
x^3 ; 2x^2  &  x^5 ; 4x^4  &  x^4 ; 3x^3
# the power rule on an exponential : power : power rule|exponential rule
e^x ; x e^(x-1)  &  2^x ; x 2^(x-1)  &  e^(x^2) ; x^2 e^(x^2-1)  &  3^x ; x 3^(x-1)  &  e^(2x) ; 2x e^(2x-1)
x^x ; x x^(x-1)  &  x^x ; x^x ln x  &  x^sin(x) ; sin(x) x^(sin(x)-1)
# a root : power|sign : .*
sqrt(x) ; 1/sqrt(x)  &  sqrt(x) ; sqrt(x)/2  &  sqrt(x) ; 2/sqrt(x)  &  sqrt(x) ; -1/(2sqrt(x))
x^(3/2) ; 3/2*x^(5/2)  &  x^(1/3) ; (1/3)x^(2/3)  &  sqrt(x) ; 1/(2x)
# the logarithm of the base is missing : factor|confused|integral : ln|log|integrated
2^x ; 2^x  &  10^x ; 10^x  &  3^(2x) ; 2*3^(2x)  &  2^x ; 2^x/ln 2  &  5^x ; 5^x/ln(5)  &  log2(x) ; 1/x
# a constant is kept : constant : .*
x^2+3 ; 2x+3  &  x^3-5 ; 3x^2-5  &  x^2+3x+2 ; 2x+3+2  &  sin(x)+1 ; cos(x)+1  &  7 ; 7  &  x^2+pi ; 2x+pi
e^x+e^2 ; e^x+e^2  &  x^2+3 ; 2x+1
# a constant factor is lost : factor|term|power : missing
3x^2 ; 2x  &  5sin(x) ; cos(x)  &  4e^x ; e^x  &  x/2 ; 1  &  7ln(x) ; 1/x
# a term is lost : term : missing
x^3+2x ; 3x^2  &  x^2+sin x ; 2x  &  x^4-x^2+x ; 4x^3-2x  &  e^x+3x ; e^x  &  x^2+ln x+1 ; 1/x
# the sign of a term : sign : sign
x^2-3x ; 2x+3  &  x^3-x ; 3x^2+1  &  5-x^2 ; 2x  &  1-cos x ; -sin x
# it is integrated : integral : .*
x^2 ; x^3/3  &  1/x ; ln(x)  &  cos(2x) ; sin(2x)/2  &  e^(2x) ; e^(2x)/2  &  x^3+x ; x^4/4+x^2/2  &  x^2 ; x^3/3+C
# it is not differentiated : function : .*
x^2+1 ; x^2+1  &  ln(x) ; ln(x)  &  x^3+x ; 3x^2+x  &  sin(x)+x^2 ; sin(x)+2x  &  tan(x) ; tan(x)
# another order : order : second
x^4 ; 12x^2  &  sin(x) ; -sin(x)*1  &  ln(x) ; -1/x^2  &  x^3+x^2 ; 6x+2
# a number is rounded : rounded : rounded
x^3/7 ; 0.43x^2  &  pi*x^2 ; 6.28x  &  x^(1/3) ; 0.333x^(-2/3)  &  2^x ; 0.693*2^x
# the denominator without brackets : reading : right if
ln(x^2+1) ; 2x/x^2+1  &  arctan(x) ; 1/1+x^2  &  1/(x+1) ; -1/x+1^2  &  x/(x+1) ; 1/x+1^2  &  sqrt(x) ; 1/2sqrt(x)
ln(2x+1) ; 2/2x+1  &  sqrt(x^2+1) ; x/sqrt x^2+1  &  x ln x/2 ; 1+ln x/2
# the numerator without brackets : reading : right if
sin(x)/x ; x cos x - sin x/x^2  &  x^2/(x+1) ; x^2+2x/(x+1)^2  &  e^x/x ; x e^x - e^x/x^2  &  ln(x)/x ; 1-ln x/x^2
# the exponent without brackets : reading : right if
e^(2x) ; 2e^2x  &  e^(-3x) ; -3e^-3x  &  x^(3/2) ; 3/2*x^1/2  &  e^(x+1) ; e^x+1  &  2^(x+1) ; ln(2)*2^x+1
e^(3x) ; 3e^3x
# a factor without brackets : reading : right if
(x+1)^3 ; 3*x+1^2  &  (x+2)^2 ; 2*x+2  &  x e^x ; e^x*1+x  &  (3x+1)^2 ; 6*3x+1  &  (x^2+1)^2 ; 4x*x^2+1
x e^x ; x+1 e^x
# a power of a function is read as one of its argument : misread : .*
sin(x)^2 ; 2x cos(x^2)  &  ln(x)^2 ; 2/x  &  cos(x)^2 ; -2x sin(x^2)
# a power or a function of a sum is taken term by term : misread : term by term
(x+3)^2 ; 2x  &  (x^2+1)^2 ; 4x^3  &  sqrt(x^2+9) ; 1  &  ln(x^2+x) ; 2/x+1/x  &  1/(x+x^2) ; -1/x^2-2/x^3
(x^3+x)^2 ; 6x^5+2x
# more inner derivatives : inner : missing
cos(7x) ; -sin(7x)  &  (5-2x)^4 ; 4(5-2x)^3  &  e^(1/x) ; e^(1/x)  &  sin(cos x) ; cos(cos x)
sqrt(1-3x) ; 1/(2sqrt(1-3x))  &  ln(1-x) ; 1/(1-x)
# more products : product : factor by factor|missing
x^3 cos x ; -3x^2 sin x  &  x^2 ln x ; 2x ln x  &  e^(2x) cos x ; -2e^(2x) sin x  &  sqrt(x) sin x ; cos x/(2sqrt(x))
# more quotients : quotient : order|over that of|squared|minus|divides
cos(x)/x ; -sin(x)  &  x/e^x ; 1/e^x  &  (2x-1)/(x+3) ; -7/(x+3)^2  &  ln(x)/x^2 ; (x-2x ln x)/x^2
x^2/(x-1) ; (2x(x-1)+x^2)/(x-1)^2  &  tan(x)/x ; (tan x - x sec(x)^2)/x^2
# more powers : power : exponent|factor|power rule
5x^3 ; 5x^2  &  x^-4 ; -4x^-3  &  2/x^3 ; -6/x^2  &  x^(5/2) ; 5/2 x^(7/2)  &  e^(5x) ; 5x e^(5x-1)
(x^2+3)^4 ; 4(x^2+3)^4*2x  &  cbrt(x) ; 1/3*cbrt(x)
# more signs : sign|confused : sign|minus|taken for
2cos(x) ; 2sin(x)  &  1/x^3 ; 3/x^4  &  sin(x)-cos(x) ; cos(x)-sin(x)  &  5-3x ; 3  &  e^(-2x) ; 2e^(-2x)
sinh(x) ; -cosh(x)  &  sin(3x) ; -3cos(3x)
# more functions that are confused : confused|function : taken for|itself
arctan(3x) ; 3/sqrt(1-9x^2)  &  tan(x) ; -csc(x)^2  &  cosh(x) ; cosh(x)
# more constants : constant : a constant
x^2+7 ; 2x+7  &  ln(2)+x ; 1/2+1  &  pi^2+x ; 2pi+1  &  x^3+e^3 ; 3x^2+3e^2  &  4 ; 4
# more misreadings : misread : is not
(x+2)^3 ; 3x^2  &  sqrt(x^2+4) ; 1  &  cos(x)^3 ; -3x^2 sin(x^3)  &  ln(x+1) ; 1/x  &  1/(x+1) ; -1/x^2  &  (3x)^2 ; 6x
# more forgotten brackets : reading : right if
x/(x+2) ; 2/x+2^2  &  e^(4x) ; 4e^4x  &  arctan(x) ; 1/x^2+1  &  ln(3x+2) ; 3/3x+2  &  sqrt(2x+1) ; 1/sqrt(2x)+1
(x+1)^2 ; 2*x+1  &  1/(2x+1) ; -2/2x+1^2  &  cos(x)/x ; -x sin x - cos x/x^2
# more that is not differentiated, or otherwise : function|integral|order|term|factor|variable|rounded : .*
x^3 ; x^4/4  &  e^x+x ; e^x+x  &  x^3-x^2 ; 3x^2  &  8x^2 ; 2x  &  x^5 ; 20x^3  &  sqrt(2)x ; 1.41  &  x^2+x+1 ; 2x
# more chains : inner : .*
sin(x)^2 ; 2sin(x)  &  sin(x)^2 ; 2cos(x)  &  e^(sin x) ; cos(x)e^(cos x)  &  ln(cos x) ; 1/(-sin x)
sin(4x) ; 4cos(x)
arcsin(x/2) ; 1/sqrt(1-x^2/4)
"""


class StudentAnswer(NamedTuple):
    """A function and what a student found for its derivative; a right answer has no kinds of a diagnosis."""

    function: str
    answer: str
    mistake: str = ""
    kinds: tuple[str, ...] = ()
    pattern: str = ""


def student_answers(right: str = RIGHT, wrong: str = WRONG) -> list[StudentAnswer]:
    """All answers, the right ones first."""
    return [*_rows(f"# : : \n{right}"), *_rows(wrong)]


def _rows(text: str) -> Iterator[StudentAnswer]:
    for group in re.split(r"^# ", text.strip(), flags=re.MULTILINE)[1:]:
        head, _, body = group.partition("\n")
        mistake, kinds, pattern = (part.strip() for part in head.split(":"))
        for row in re.split(r" & |\n", body.strip()):
            function, answer = (part.strip() for part in row.split(" ; "))
            yield StudentAnswer(function, answer, mistake, tuple(kinds.split("|")) if kinds else (), pattern)
