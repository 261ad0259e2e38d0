# int, bool and float together: results' types, comparisons and hash/equality across kinds.
vals = [0, 1, -1, True, False, 2, 0.5, 1.0, -0.0, 2**53, 2.0**53, 2**53 + 1, 2**64, 2.0**64, 10**25, 1e25]
for a in vals:
    print(repr(a), [repr(b) for b in vals if a == b], sum(1 for b in vals if a < b), sum(1 for b in vals if a >= b), len({a, *vals}))
for op in ("+", "-", "*", "/", "//", "%", "**"):
    row = []
    for a, b in ((1, 2), (1, 2.0), (1.0, 2), (True, 2), (True, True), (7, -2), (-7.0, 2), (2**62, 2), (2**64, 0.5)):
        r = eval(f"a {op} b")
        row.append(f"{type(r).__name__} {r!r}")
    print(op, row)
print(type(True + 1).__name__, type(True & True).__name__, type(-True).__name__)
print(type(+True).__name__, type(~True).__name__, type(not 1).__name__, type(abs(True)).__name__)
print(type(round(2.5)).__name__, type(round(2.5, 0)).__name__, type(round(25, -1)).__name__)
print(type(2 ** 2).__name__, type(2 ** -2).__name__, type(4 // 2.0).__name__)
print(type(5 % 2.0).__name__, type(divmod(5, 2.0)[0]).__name__, type(sum([])).__name__)
print(type(sum([1.0])).__name__, type(max(1, 2.0)).__name__, type(min(1, 1.0)).__name__)
print(type(int(True)).__name__, type(0 or 0.0).__name__)
print(sorted([3, 1.5, True, 2**70, -1e300, 0, False, float("inf"), -2**70]))
print({1: "int", 1.0: "float", True: "bool"}, {0.0, 0, False, -0.0} == {0})
print([1, 1.0, True].count(1), [0.0, 1].index(True), 1.0 in {1}, 2**53 in {2.0**53})
print(2**53 + 1 in {2.0**53}, (1, 2.0) == (1.0, 2), [True] == [1])
def loop_int_to_float(n):
    acc = 0
    for i in range(n):
        acc = acc + (i if i % 3 else i / 2)
    return acc
def loop_overflow(n):
    acc = 1
    for i in range(n):
        acc = acc * 3 - 1
    return acc
def loop_toggle(n):
    out, x = [], 2**62
    for i in range(n):
        x = x * 2 if i % 2 == 0 else x // 2
        out.append(x)
    return out[-2:], x - 2**62
print(loop_int_to_float(100), loop_overflow(60), loop_toggle(10))
class I(int):
    pass
class Fl(float):
    def __repr__(self): return "Fl!"
print(type(I(5) + 1).__name__, type(I(5) + I(6)).__name__, I(5) == 5.0, type(-I(5)).__name__)
print(type(I(5) // 1).__name__, hash(I(5)) == hash(5), Fl(1.5), [Fl(2)], Fl(1.5) + 1)
print(f"{Fl(1.5)}", str(Fl(1.5)), I(7), "%d" % I(8), [0, 1, 2][I(1)], range(I(3)))
print(1_000 * 1_000 == 1e6, 0.1 + 0.2 == 0.3, 3 * 0.1 == 0.3, 1e16 + 1 == 1e16)
print(10**16 + 1 == 1e16, 1 / 3 * 3 == 1, 2**0.5 * 2**0.5 == 2, int(1e16) == 10**16)
print(int(1e23) == 10**23, float(2**53 + 1) == 2**53 + 1, int(0.1 * 3 * 10), int(-0.9))
print(round(-0.5), round(0.5), round(1.5))
