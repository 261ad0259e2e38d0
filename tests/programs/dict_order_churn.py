# Insertion order through deletions, reinsertion and growth; lookups with colliding keys.
d = {}
for i in range(20):
    d[i] = i * i
for i in range(0, 20, 3):
    del d[i]
for i in (0, 9, 3):
    d[i] = -i
print(list(d), len(d))
d[1] = "kept place"
print(list(d.items())[:3], next(iter(d)), d.popitem(), list(d)[-2:])
for rounds in range(200):
    d[rounds % 7 + 100] = rounds
    d.pop(rounds % 5 + 100, None)
print(d)
while len(d) > 3:
    k = next(iter(d))
    del d[k]
print(d)
class C:
    "Every instance has the same hash."
    def __init__(self, n):
        self.n = n
    def __hash__(self):
        return 7
    def __eq__(self, o):
        return isinstance(o, C) and self.n == o.n
    def __repr__(self):
        return f"C{self.n}"
c = {C(i): i for i in range(12)}
print(c, c[C(5)], C(99) in c, 7 in c)
for i in (3, 4, 0):
    del c[C(i)]
c[C(3)] = "back"
print(list(c), c[C(11)], C(4) in c, len(c))
try:
    c[C(4)]
except KeyError as e:
    print("KeyError", e, e.args)
class BadEq:
    def __hash__(self):
        return 7
    def __eq__(self, o):
        raise ValueError("no eq")
try:
    print({BadEq(): 1}[C(0)])
except ValueError as e:
    print(e)
class BadHash:
    def __hash__(self):
        return "x"
class NoHash:
    __hash__ = None
class EqOnly:
    def __eq__(self, o):
        return True
for cls in (BadHash, NoHash, EqOnly):
    try:
        {cls(): 1}
    except TypeError as e:
        print(e)
big = {}
for i in range(5000):
    big[str(i)] = i
for i in range(0, 5000, 2):
    del big[str(i)]
for i in range(100):
    big[str(i)] = "again"
print(len(big), list(big)[:3], list(big)[-3:], big["1"], big["4999"], big["98"], sum(v for v in big.values() if v != "again"))
x = {-1: "a", -2: "b", 2**61 - 1: "c", 0: "d", 2**61: "e", 1: "f", "": "g", (): "h", None: "i", 0.5: "j"}
print(x, x[0.0], x[True], x[-1.0], x[-2], len(x))
