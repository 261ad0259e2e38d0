# Assignment expressions, conditional expressions, chained comparison and assignment.
if (n := len("hello")) > 3: print(n)
print((a := 1) + (b := a + 1), a, b, (c := (d := 5)), d)
data = iter([1, 2, 3, 0, 4])
while (v := next(data)): print("v", v)
print([y for x in range(5) if (y := x * x) > 3], y)
print(any((w := word).startswith("c") for word in ["a", "cat", "cow"]), w)
def f(x): return x * 2
print(f(q := 3), q, {k: (last := k) for k in "ab"}, last, [z := 1, z + 1], (p := 1, 2), p)
def outer():
    r = [(m := i) for i in range(3)]
    return m, r
print(outer())
def g():
    global G
    [(G := i) for i in range(4)]
g(); print(G)
lam = lambda x: (y := x + 1) * y
print(lam(3), f"{(h := 9)}", h)
print("a" if 0 else "b" if 1 else "c", "x" if [] else "y", (1 if True else 2) + 1)
print(1 if False else 2 + 1, [i if i % 2 else "e" for i in range(4)], (lambda: 1 if 0 else 2)())
x = 5
print(1 < x < 10, 1 < x > 3, 10 > x >= 5 == 5, x == 5 != 6, 1 < 2 in [2, True], not x < 3, -1 < x < 5, x is x is not None)
class T:
    def __init__(self, r): self.r = r
    def __lt__(self, o): print("lt"); return self.r
r = T([]) < T("y") < T("z")
print(r)
print(T("yes") < T(0) < T("z"))
a = b = c = 7; print(a, b, c)
print(3 > 2 == True, (3 > 2) == True, 2 == 2 == 2, "a" < "b" < "c" > "a", [1] < [2] < [3], None is None is None)
print(1 if not None else 2, 1 or 1 / 0, 0 and 1 / 0, None or "default", "" or 0 or [] or {}, (0 or 5) and 6, not (1 and 0))
assert True
try:
    assert 1 == 2, f"msg {x}"
except AssertionError as e:
    print(repr(e))
try:
    assert 0, ("tuple", 1)
except AssertionError as e:
    print(e.args)
try:
    assert []
except AssertionError as e:
    print(repr(e), e.args)
del x
try:
    x
except NameError as e:
    print(e)
a, b, l, dd = 1, 2, [1, 2, 3, 4], {"k": 1}
del a, (b), l[0], l[-1:], dd["k"]
print(l, dd, "a" in globals(), "b" in globals())
try:
    del dd["k"]
except KeyError as e:
    print("KeyError", e)
try:
    del l[10]
except IndexError as e:
    print(e)
