# Tuples.
t = (1, 2, 3)
print(t, (), (1,), (1, (2, (3,))), 1, t[0], t[-1], t[1:])
print(t[::-1], t + (4,), t * 2, 0 * t, len(t), 2 in t, t.count(1), t.index(3))
print(tuple("ab"), tuple([1]), tuple(), tuple(t) is t, t[:] is t)
print((1, 2) < (1, 3), (1,) < (1, 0), () < (0,), (1, 2) == (1, 2), (1, 2) == [1, 2])
print((1, "a") < (2, 1), hash((1, 2)) == hash((1.0, 2)), {(1, 2): "k"}[1, 2], (1, 2) != (1,))
print(max((1, 5), (2, 0)), ((1,) , 2) == ((1.0,), 2))
def assign():
    t[0] = 1
def delete():
    del t[0]
def augment():
    t = ([], 1)
    try:
        t[0] += [5]
    finally:
        print(t)
for f in (
    assign, delete, augment,
    lambda: t[3],
    lambda: t["a"],
    lambda: t.index(9),
    lambda: t + [1],
    lambda: t + 1,
    lambda: t * "a",
    lambda: t < 5,
    lambda: (1, "a") < (1, 2),
    lambda: t.append(1),
    lambda: hash(([],)),
    lambda: tuple(1),
    lambda: t.index(1, 1),
    lambda: tuple([1], 2),
    lambda: t[1.5],
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
a = 1,
b = 1, 2
x, = a
(y, z) = b
[p, q] = b
print(a, b, x, y, z, p, q, *b, (*b, *a), [*b, 0], {*()} == set(), (*[],))
def two():
    return 1, 2
def star():
    return *b, 3
print(two(), star(), type(two()).__name__)
t += (4,)
u = t
t *= 2
print(t, u, t is u)
for i, (j, k) in enumerate([(1, 2), (3, 4)]):
    print(i, j, k)
print(repr((1,)), str(("a",)), f"{(1, 2)}", (None, ..., True), ((),), ((1,), (2,))[1][0])
print((lambda: (1, 2))()[1], bool(()), bool((0,)))
class Pt(tuple):
    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))
    @property
    def x(self):
        return self[0]
p = Pt(3, 4)
print(p, p.x, p == (3, 4), isinstance(p, tuple), p + (5,), type(p[:]).__name__, len(p), list(p))
