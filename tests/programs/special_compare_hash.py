# Comparison methods, reflection, defaults, __hash__ with __eq__, identity shortcuts.
log = []
class A:
    def __init__(self, n): self.n = n
    def __eq__(self, o): log.append("A.eq"); return NotImplemented if not isinstance(o, A) else self.n == o.n
    def __lt__(self, o): log.append("A.lt"); return NotImplemented if not isinstance(o, A) else self.n < o.n
class B:
    def __gt__(self, o): log.append("B.gt"); return "B.gt result"
    def __eq__(self, o): log.append("B.eq"); return "B.eq result"
class A2(A):
    def __gt__(self, o): log.append("A2.gt"); return "A2 first"
    def __eq__(self, o): log.append("A2.eq"); return "A2 eq first"
def show(f):
    log.clear()
    try:
        r = f()
    except TypeError as e:
        r = f"TypeError {e}"
    print(r, log)
for f in (
    lambda: A(1) == A(1),
    lambda: A(1) != A(1),
    lambda: A(1) == 5,
    lambda: 5 == A(1),
    lambda: A(1) != 5,
    lambda: A(1) < A(2),
    lambda: A(1) > A(2),
    lambda: A(1) < B(),
    lambda: B() > 1,
    lambda: 1 < B(),
    lambda: A(1) == B(),
    lambda: A(1) <= A(1),
    lambda: A(1) < 5,
    lambda: 5 > A(1),
    lambda: A(1) < A2(1),
    lambda: A(1) == A2(1),
    lambda: A2(1) > A(1),
    lambda: B() < 1,
    lambda: A(1) >= None,
    lambda: A(1) in [A(2), A(1)],
    lambda: [A(1)] == [A(1)],
    lambda: (A(1), 2) == (A(1), 3),
    lambda: [A(1)] < [A(2)],
    lambda: max(A(1), A(3), A(2)).n,
    lambda: A(1) < A(2) < A(0),
    lambda: [A(1), A(2)].index(A(2)),
    lambda: [A(1), A(1)].count(A(1)),
    lambda: {"k": A(1)} == {"k": A(1)},
):
    show(f)
a = A(1)
show(lambda: a == a)
show(lambda: [a] == [a])
show(lambda: a in [a])
class H:
    def __init__(self, k): self.k = k
    def __hash__(self): return hash(self.k)
    def __eq__(self, o): return isinstance(o, H) and o.k == self.k
print(len({H(1), H(1), H(2)}), {H("a"): 1}[H("a")], H(1) in {H(1): 0}, hash(H(3)) == hash(3), H(1) != H(2))
class Big:
    def __hash__(self): return 2**100
class Neg:
    def __hash__(self): return -1
class Bl:
    def __hash__(self): return True
print(hash(Big()) == hash(2**100), hash(Neg()), hash(Bl()), hash(-1), hash(0), hash(2**61 - 1))
print(hash(2**61), hash(-2**61), hash(True), hash(12345), hash(-5))
for cls in (
    A, type("N", (), {"__hash__": None}), type("S", (), {"__hash__": lambda s: "x"}),
    type("F", (), {"__hash__": lambda s: 1.0}),
):
    try:
        hash(cls(1) if cls is A else cls())
    except TypeError as e:
        print(e)
print(A.__hash__, object() == object(), object() != object(), H.__hash__ is not None)
class Child(H): pass
print(hash(Child(5)) == hash(5))
class Child2(H):
    def __eq__(self, o): return True
print(Child2.__hash__)
for f in (
    lambda: object() < object(),
    lambda: 1 < "a",
    lambda: "a" >= 1,
    lambda: None < None,
    lambda: [] < (),
    lambda: {} > {},
    lambda: int < str,
    lambda: len < len,
    lambda: 1 <= None,
    lambda: b"" < "",
    lambda: range(2) < range(3),
    lambda: 1 < [],
    lambda: (lambda: 0) < 1,
    lambda: Ellipsis < 1,
):
    try:
        print(f())
    except TypeError as e:
        print(e)
print(None == None, None != 0, None is None, not (len is None), "a" == 1, [] == (), 1 == "1")
print(... == ..., int == int, int != str, len == len, NotImplemented == NotImplemented)
