# format specs for ints.
n = 1234567
for spec in (
    "", "d", ",", "_", "10", "<10", ">10", "^10", "=10", "+", " ", "-", "+,", "x", "X", "#x",
    "#X", "o", "#o", "b", "#b", "_b", "_x", "010", "+010", "*^15", "*=+15", "#012x", "e", ".2e",
    "f", ".1f", "g", "%", ",.2f", "012,", "n", "#_b", "c"[:0] + "015,d",
):
    print(repr(spec), repr(format(n, spec)), repr(format(-n, spec)), repr(format(0, spec)))
print(format(65, "c"), format(8364, "c"), format(128512, "c"), format(65, "5c") + "|", format(65, "*^5c"))
print(format(2**70, ","), format(-2**70, "x"), format(2**70, "#b")[-5:], format(10**20, "_d"))
print(format(10**20, "e"), format(10**20, ".3g"))
for v, spec in ((5, "s"), (5, ".2d"), (5, "y"), (5, ",x"), (5, "+c"), (5, ",_"), (-1, "c"), (5, "abc"), (5, "10.5"), (5, ",c")):
    try:
        print(format(v, spec))
    except Exception as e:
        print(repr(spec), "->", type(e).__name__, e)
print("%d %5d|%-5d|%05d %+d %x %X %#x %o %#o %i %u" % (1, 2, 3, 4, 5, 255, 255, 255, 8, 8, 9, 10))
print("%d" % 3.99, "%d" % -3.99, "%d" % 2**3, "%x" % -255, "%d" % 10**25, "%.5d" % 42, "%+.3d|%8.3d|%-8.3d|" % (7, 7, 7))
print("%c%c" % (65, "B"), "% d" % 5, "% d" % -5, "%*d|%-*d|" % (6, 42, 6, 42), "%.*f" % (2, 3.14159))
print(format(True), format(True, "d"), format(False, "5"), f"{True}", f"{True:>6}", f"{True!s:>6}")
