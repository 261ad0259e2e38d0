# float(...) and format specs of floats.
print(float(), float("1.5"), float("  -2e3 "), float("1_0.5"), float("inf"), float("-Infinity"))
print(float("NaN"), float("+.5"), float("5."), float(10**20), float(True), float("1e400"))
print(float(b"2.5"))
for s in ("", "abc", "1.5x", "1e", "--1", "1__0", ".", "0x10", " ", None, [], "1,5", "nanx", "1e5_", "é"):
    try:
        print(repr(s), float(s))
    except Exception as e:
        print(repr(s), "->", type(e).__name__, e)
class F:
    def __float__(self):
        return 2.5
class G:
    def __float__(self):
        return 1
class H:
    def __index__(self):
        return 7
print(float(F()), float(H()))
try:
    float(G())
except TypeError as e:
    print(e)
x = 1234.56789
for spec in (
    "", ".2f", ".0f", "f", "e", ".3e", "E", "g", ".3g", ".10g", "G", "%", ".1%", ",", ",.2f",
    "_.1f", "10.2f", "<10.2f", "^10.2f", "+.1f", " .1f", "010.1f", "=+12.3f", "*>12.2f", ".3",
    "10", "#.0f", "#g", "n", "012,.1f",
):
    print(repr(spec), repr(format(x, spec)), repr(format(-x, spec)), repr(format(0.0, spec)), repr(format(1e20, spec)))
for v in (float("inf"), float("-inf"), float("nan")):
    print(f"{v:f} {v:F} {v:e} {v:10} {v:<10}| {v:+} {v:g} {v:%} {v:010}")
print("%f %.2f %e %.1e %g %g %g %5.1f|%-8.2f|%08.2f %+.1f %s %r" % (1.5, 2.345, 12345.678, 0.00012, 1e10, 1e-5, 123456.0, 3.14, 2.5, -2.5, 1.0, 1.0, 1.0))
for v in (0.5, 1.5, 2.5, 0.125, 0.375, 1e15, 123456.5):
    print(f"{v:.0f} {v:.1f} {v:.2f} {v:.3g} {v:.1e}")
for v, spec in ((1.5, "d"), (1.5, "x"), (1.5, "s"), (1.5, "c"), (1.5, ".f"), (1.5, ",_"), (1.5, "10.2.3")):
    try:
        print(format(v, spec))
    except Exception as e:
        print(repr(spec), "->", type(e).__name__, e)
