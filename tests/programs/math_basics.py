# math: functions, constants and domain errors.
import math
print(math.pi, math.e, math.inf, math.nan, math.tau)
print(math.sqrt(16), math.sqrt(2), math.floor(2.7), math.floor(-2.7), math.ceil(2.1))
print(math.ceil(-2.1), math.trunc(-2.7), type(math.floor(2.0)).__name__, math.floor(5))
print(math.ceil(10**20), math.floor(1e20))
print(math.gcd(12, 18), math.gcd(), math.gcd(0, 5), math.gcd(-4, 6), math.gcd(2**70, 2**65 * 3))
print(math.lcm(4, 6), math.factorial(0), math.factorial(20), math.factorial(25), math.isqrt(17))
print(math.isqrt(10**30), math.comb(5, 2), math.perm(5, 2), math.prod([1, 2, 3]))
print(math.prod([], start=5))
print(math.fabs(-2), math.pow(2, 3), math.pow(2, 0.5), math.exp(0), math.log(1), math.log(8, 2))
print(math.log2(8), math.log10(1000), math.log(10**400) > 900, math.fmod(-7, 3), math.modf(2.5))
print(math.modf(-2.5), math.frexp(8.0), math.ldexp(0.5, 4), math.hypot(3, 4))
print(math.dist((0, 0), (3, 4)))
print(math.sin(0), math.cos(0), math.tan(0), math.atan2(1, 1) == math.pi / 4)
print(round(math.sin(math.pi / 2), 12), round(math.acos(-1), 6), math.degrees(math.pi))
print(math.radians(180) == math.pi, math.copysign(3, -0.0), math.sinh(0), math.tanh(0))
print(math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1))
print(math.isclose(0.1 + 0.2, 0.3), math.isclose(1, 1.1), math.isclose(1, 1.05, rel_tol=0.1))
print(math.fsum([0.1] * 10), sum([0.1] * 10), math.remainder(7, 4), math.exp2(3), math.ulp(1.0))
print(math.nextafter(1, 2))
for f in (
    lambda: math.sqrt(-1),
    lambda: math.log(0),
    lambda: math.log(-1),
    lambda: math.exp(1000),
    lambda: math.factorial(-1),
    lambda: math.factorial(1.5),
    lambda: math.sqrt("a"),
    lambda: math.floor("a"),
    lambda: math.floor(math.inf),
    lambda: math.floor(math.nan),
    lambda: math.isqrt(-1),
    lambda: math.gcd(1.5),
    lambda: math.acos(2),
    lambda: math.pow(0, -1),
    lambda: math.fmod(1, 0),
    lambda: math.sqrt(),
    lambda: math.sqrt(10**400),
    lambda: math.comb(-1, 2),
    lambda: math.nope,
    lambda: math.pow(10, 400),
    lambda: math.sin(math.inf),
    lambda: math.sqrt(None),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
class F:
    def __floor__(self): return "floor!"
    def __ceil__(self): return "ceil!"
    def __trunc__(self): return "trunc!"
    def __float__(self): return 4.0
print(math.floor(F()), math.ceil(F()), math.trunc(F()), math.sqrt(F()), math.sqrt(True))
