# Float arithmetic: floor division and modulo signs, rounding, infinities and NaNs.
import math
inf, nan = float("inf"), float("nan")
for a, b in (
    (7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (1.0, 0.1), (-1.0, 0.1), (0.0, 3.0),
    (-0.0, 3.0), (0.0, -3.0), (5.0, inf), (-5.0, inf), (5.0, -inf), (1e300, 1e-10), (inf, 2.0),
    (3, 0.5), (-3, 0.7),
):
    print(a, b, a // b, a % b, divmod(a, b))
print(inf + 1, inf - inf, inf * 0, -inf * inf, inf / inf, 1 / inf, -1 / inf, inf > 10**400)
print(-inf < -10**400, inf == inf, nan == nan, nan != nan, nan < 1, nan > 1, nan <= nan)
print(nan in [nan], [nan] == [nan], (nan,) == (nan,), nan is nan, {nan: 1}[nan], max(nan, 1.0))
print(max(1.0, nan), min(nan, 1.0), sorted([2.0, 1.0, inf, -inf]))
print(0.0 == -0.0, hash(0.0) == hash(-0.0), str(-0.0), abs(-0.0), -0.0 + 0.0, -0.0 - 0.0, 0.0 * -1, math.copysign(1, -0.0))
print(round(0.5), round(1.5), round(2.5), round(-0.5), round(-1.5), round(2.675, 2))
print(round(2.5, 0), round(1234.567, -2), round(1e300), round(5.015, 2), round(-2.5))
print(type(round(1.0)).__name__, type(round(1.0, 1)).__name__, round(1.7, None))
print(round(15, -1), round(25, -1), round(-15, -1), round(1234, -2), round(1234, -5))
print(round(7, 3), round(10**20 + 5, -1), round(True))
for expr in (
    "round(inf)", "round(nan)", "int(inf)", "round('a')", "round(1.5, 'a')", "1.5 // 0.0",
    "1.5 % 0.0", "2.0 ** 5000", "float(10**400)", "10**400 + 1.0", "10**400 * 1.5",
    "round(1.5, 1.5)", "-'a'", "+[]", "1.0 + 'a'", "1.0 < 'a'",
):
    try:
        print(expr, eval(expr))
    except Exception as e:
        print(expr, "->", type(e).__name__, e)
print((2.0).is_integer(), (2.5).is_integer(), inf.is_integer(), nan.is_integer())
print((0.5).as_integer_ratio(), (-2.75).as_integer_ratio(), (0.1).as_integer_ratio())
print((1.0).hex(), (0.1).hex(), (-0.0).hex(), inf.hex(), (255.5).hex(), float.fromhex("0x1.8p3"), float.fromhex("-inf"))
print(1 == 1.0, 2**53 == 2.0**53, 2**53 + 1 == 2.0**53 + 1, 2**53 + 1 > 2.0**53, 10**30 < 1e30)
print(10**30 == 1e30, 0.5 < 1 < 1.5, True == 1.0, 1 < 1.5, 10**400 > 1e308)
print(hash(1.0) == hash(1), hash(0.5), hash(inf), hash(-inf), hash(1e20) == hash(10**20), hash(2.5))
print((-8) ** 0.0, 0.0 ** 0, inf ** 0, nan ** 0, 1 ** nan, (-2.0) ** 3, (-2.0) ** -1, 2 ** 0.5, inf ** -1, (-inf) ** 3, 0 ** 0.5)
