# Operators and calls of classes written in Python: who is asked, in which order, and what comes of NotImplemented and of errors.
class A:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        if isinstance(other, A):
            return A(self.n + other.n)
        if isinstance(other, int):
            return A(self.n + other)
        return NotImplemented

    def __radd__(self, other):
        return "radd %r" % (other,)

    def __sub__(self, other):
        return NotImplemented

    def __mul__(self, other):
        raise ValueError("mul")

    def __call__(self, *args, **kwargs):
        return self.n, args, kwargs

    def __repr__(self):
        return f"A({self.n})"


class B(A):
    def __radd__(self, other):
        return "B.radd %r" % (other,)

    def __rsub__(self, other):
        return "B.rsub %r" % (other,)


class C:
    def __radd__(self, other):
        return "C.radd %r" % (other,)

    def __rsub__(self, other):
        return NotImplemented

    def __iadd__(self, other):
        return "iadd"


class D(A):
    pass


a, b, c, d = A(1), B(2), C(), D(3)
print(a + a, a + 1, a + b, b + a, a + c, a + d, d + a, 5 + a, a - b)
for f in (lambda: a + "x", lambda: a - a, lambda: a - 1, lambda: a - c, lambda: c - a, lambda: c + c, lambda: a * 2, lambda: a @ 1):
    try:
        print(f())
    except Exception as e:
        levels, tb = 0, e.__traceback__
        while tb:
            levels, tb = levels + 1, tb.tb_next
        print(type(e).__name__, e, levels)
x = a
x += 1
y = c
y += 1
print(x, y)
try:
    x -= "s"
except TypeError as e:
    print(e)

total = A(0)
for i in range(5):
    total = total + A(i) + i
print(total)
print(a(), a(1), a(1, 2, k=3), a(*[1, 2]))


class Plain:
    def __call__(self, x):
        return x * 2


p = Plain()
print([p(i) for i in range(4)], list(map(p, range(3))))
try:
    p()
except TypeError as e:
    print(e)
try:
    p.missing()
except AttributeError as e:
    print(e)


class Gen:
    def __call__(self, n):
        for i in range(n):
            yield i

    def __add__(self, n):
        yield n


print(list(Gen()(3)), list(Gen() + 7))


class Deep:
    def __add__(self, other):
        return self + other

    def __call__(self):
        return self()


for f in (lambda: Deep() + 1, lambda: Deep()()):
    try:
        f()
    except RecursionError:
        print("RecursionError")

# what a class learns later counts
A.__add__ = lambda self, other: "new add"
print(a + a, d + 1)
del A.__add__
try:
    print(a + a)
except TypeError as e:
    print(e)
print(a + b)


# truth and equality
class T:
    pass


t, u = T(), T()
print(bool(t), not t, t == t, t == u, t != u, t == None, t != None, t == 1, 1 == t, (t and 1), [t] == [u])
T.__bool__ = lambda self: False
print(bool(t), not t, "yes" if t else "no")
T.__eq__ = lambda self, other: "equal"
print(t == u, t == None, t != u, 1 == t)
del T.__bool__
T.__len__ = lambda self: 0
print(bool(t))
del T.__eq__, T.__len__


class S(T):
    pass


s = S()
print(bool(s), s == t)
T.__eq__ = lambda self, other: True
print(s == 5, t == s, s != t)

# builtins with quick halves
print(len([1]), len((1, 2)), len({}), len("abc"), len({1}), isinstance(1, int), isinstance(True, int), isinstance("", (int, str)))
print(abs(-3), abs(-2.5), divmod(7, 2), divmod(-7, 2), divmod(7, -2), divmod(-7, -2), divmod(6, -2), min(3, 1, 2), max(1, 2.5), min(2, 2.0), max(True, 0))
n = float("nan")
print(max(n, 1), max(1, n), min(n, 1), hash(-1), hash(5), ord("a"), int(2.9), int(-2.9), int(1e20), str(-5), str(0), float(3), bool(0), bool(7))
l = [1, 2, 3]
print(l.pop(), l.pop(0), l, l.append(9), l, l.pop(-2), l.pop(), l)
for f in (lambda: l.pop(), lambda: [1].pop(3), lambda: len(5), lambda: abs("x"), lambda: divmod(1, 0), lambda: ord("ab"), lambda: int("z"), lambda: range(1, 2, 0), lambda: isinstance(1, 2), lambda: [].append()):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
m = {"a": 1, 2: 3}
print(m.get("a"), m.get(2), m.get("z"), m.get("z", 0), "a" in m, 2 in {1, 2}, 2.0 in (1, 2), "b" in ["a", "b"], None in [0], list((1, 2)), tuple([1, 2]), list(), type(l), type(type))
print(2**60 + 1, 2**60 - 2**59, -(2**60) // 7, 2**200 // (2**199 + 1), -(2**200) // (2**199 + 1), 2**200 % -(2**199 + 1), (3**200 - 1) // 3**199, 10**40 // 10**40, (10**40 - 1) // 10**40, 2**47 * 2**47, 2**70 - 2**70)
print([1, 2][2:], [1, 2][:0] + [3], (1, 2)[2:], list(reversed(range(4))), list(reversed(range(0))), list(reversed(range(1, 10, 3))), list(reversed([1, 2])), list(reversed((1, 2))), list(reversed("ab")))
print([1] + [2, 3], [] + [], (1,) + (2,), () + (), "a" + "b", "a" + "é", [1] + [])
print(sorted([(2, "b"), (1, "z"), (2, "a"), (1,)]), sorted([(1, [2]), (1, [1])]), sorted([(1.5, 1), (1, 2), (True, 0)]))
try:
    sorted([(1, "a"), (1, 2)])
except TypeError as e:
    print(e)


class Registry:
    made = []

    @classmethod
    def make(cls, x=0):
        cls.made.append((cls.__name__, x))
        return cls

    @staticmethod
    def plain(x):
        return x

    def method(self):
        return "method"


class Sub(Registry):
    @classmethod
    def make(cls, x=0):
        return super().make(x + 100)


for i in range(3):
    for r in (Registry, Sub):
        r.make(i)
        r.plain(i)
    print(Registry.make() is Registry, Registry.make is Registry.make, Registry.method(None), Registry().make(5) is Registry)
print(Registry.made)
Registry.make = classmethod(lambda cls: "changed")
print(Registry.make(), Sub.plain(1))
Registry.make = 5
try:
    Registry.make()
except TypeError as e:
    print(e)


class Items(list):
    pass


class Backwards(list):
    def __iter__(self):
        return iter([x for x in reversed(list(self[:]))])


x = Items([1, 2, 3])
for i in x:
    if i < 6:
        x.append(i + 3)
print(x, [i for i in x], list(iter(x)), [i for i in reversed(x)], [i for i in Backwards([1, 2])])
it = iter(x)
print(next(it), list(it), list(it))
x.append(99)
print(list(it))
