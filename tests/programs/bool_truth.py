# Truth values, bool as an int, and what and/or/not return.
class L:
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
class B:
    def __init__(self, v):
        self.v = v
    def __bool__(self):
        return self.v
class Both(L):
    def __bool__(self):
        return True
for v in (
    None, False, True, 0, 1, -1, 0.0, -0.0, 0.1, float("nan"), 10**30, "", " ", "0", b"", b"\0",
    [], [0], (), (None,), {}, {0: 0}, set(), {0}, range(0), range(1), L(0), L(3), B(True),
    B(False), Both(0), object(), len, int, ..., 2**64 - 2**64,
):
    name = type(v).__name__
    print(name, bool(v), not v, 1 if v else 2, "and" if v and True else "no", "or" if v or False else "no")
print(0 or "x", 1 or "x", 0 and "x", 1 and "x", None or 0 or [] or "last", 1 and 2 and 3, not 0 == 1, not not [])
print(True + True, True * 10, -True, True == 1, True is True, isinstance(True, int), repr(True))
print(str(False), int(True), [10, 20][True], {1: "a"}[True], {True: "x", 1: "y", 1.0: "z"})
print(True.__class__.__name__, bool.__mro__ == (bool, int, object), bool("False"), bool())
print(sum([True, False, True]), True < 2, "%d" % True, "%s" % True)
for bad in (B(1), B(None), B("x")):
    try:
        bool(bad)
    except TypeError as e:
        print(e)
for bad in (L(-1), L("x"), L(1.0), L(2**70)):
    try:
        print(bool(bad))
    except Exception as e:
        print(type(e).__name__, e)
    try:
        print(len(bad))
    except Exception as e:
        print(type(e).__name__, e)
try:
    class X(bool):
        pass
except TypeError as e:
    print(e)

def side(v, log=[]):
    log.append(v)
    return v
print(side(0) and side(1) or side(2), side(3) or side(4), side.__defaults__[0])
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 > 1 > 0, 1 < 2 > 1, 1 == 1.0 == True, (1 < 2) < 3, 1 != 2 != 1)
print(1 in [1] in [[1]], not 1 < 2 < 3)
