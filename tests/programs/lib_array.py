# array: every typecode, its bounds, methods, slices and error messages.
from array import array, typecodes, ArrayType
import array as module


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


print(typecodes, ArrayType is array, array, module.array.__module__)
for code in typecodes:
    empty = array(code)
    print(code, empty, empty.typecode, empty.itemsize, len(empty), bool(empty))
    for value in (-1, 0, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 63, 2 ** 64, -2 ** 63 - 1,
                  -2 ** 7 - 1, -2 ** 15 - 1, -2 ** 31 - 1, "x", "xy", 1.5, None, True):
        try:
            print(code, array(code, [value])[0], end="; ")
        except Exception as error:
            print(code, repr(value), type(error).__name__, error)
    print()

for args in [(), ("x",), (5,), ("ii",), ("i", 5), ("i", "abc"), ("i", [1], 2), ("i", b"abc"), ("u", [1]), ("u", "añ😀"),
             ("b", b"abc"), ("i", b"abcd"), ("d", array("i", [1, 2])), ("i", array("u", "ab")), ("i", (x * x for x in range(5)))]:
    attempt(array, *args)

a = array("i", [1, 2, 3, 4, 5])
print(a, a[0], a[-1], a[1:3], a[::-1], a[::2], a[10:], list(a), tuple(reversed(a)), sum(a), max(a))
a[0] = 10
a[1:2] = array("i", [7, 8, 9])
print(a)
a[::3] = array("i", [0, 0, 0])
print(a)
del a[0], a[-1]
print(a)
del a[::2]
print(a, 8 in a, 99 in a, a.count(8), a.index(8))
a.append(4)
a.extend([5, 6])
a.extend(array("i", [7]))
a.insert(0, 100)
a.insert(-1, 200)
a.insert(50, 300)
print(a, a.pop(), a.pop(0), a.pop(-2), a)
a.remove(4)
a.reverse()
print(a, a + a, a * 2, 2 * a, a * 0)
b = a
b += array("i", [1])
b *= 2
print(a, b is a)
print(a == array("i", list(a)), a == array("d", list(a)), a != array("i"), a == [1], a < array("i", [100]), array("i", [1, 2]) <= array("i", [1, 2]),
      array("i", [1]) < array("i", [1, 0]), array("d", [1.5]) > array("i", [1]))
for f, args in [(a.pop, (70,)), (array("i").pop, ()), (a.index, (999,)), (a.remove, (999,)), (a.__getitem__, (99,)), (a.__getitem__, ("x",)),
                (a.__setitem__, (99, 1)), (a.__setitem__, (slice(0, 1), [1])), (a.__setitem__, ("x", 1)), (a.extend, (array("d"),)),
                (a.extend, (5,)), (a.__add__, ([1],)), (a.frombytes, (b"abc",)), (a.fromlist, ((1,),)), (a.__delitem__, (77,)), (a.__delitem__, ("x",)),
                (a.insert, ("x", 1)), (a.append, ("x",)), (a.__iadd__, ([1],)), (a.__imul__, ("x",)), (a.__mul__, ("x",)), (a.fromunicode, ("s",)),
                (a.tounicode, ()), (hash, (a,)), (a.__setitem__, (slice(None, None, 2), array("i", [1]))), (a.index, (1, 50, 60)), (a.index, ()),
                (setattr, (a, "foo", 1)), (array.__new__, (int, "i")), (a.__lt__, (5,)), (a.fromlist, ([1, "x"],)), (a.frombytes, ("x",))]:
    attempt(f, *args)

c = array("h", [1, 256, -2])
print(c.tobytes(), c.tolist())
c.byteswap()
print(c)
d = array("h")
d.frombytes(c.tobytes())
d.fromlist([5, 6])
print(d, d == c)
u = array("u", "héllo")
u.append("!")
u.fromunicode("…")
print(u, u.tounicode(), u[1], "".join(u), len(u))
f = array("f", [0.1, 1e10, float("inf")])
print(f, f[0], array("d", [0.1])[0])

import copy

e = array("d", [1.0, 2.5])
g = copy.copy(e)
h = copy.deepcopy([e, e])
g[0] = 9
print(e, g, h, h[0] is h[1])
for x in (it := iter(e)):
    print(x, type(it).__name__)


class Vector(array):
    def __new__(cls, values):
        return super().__new__(cls, "d", values)

    def norm(self):
        return sum(x * x for x in self) ** 0.5


v = Vector([3, 4])
v.name = "v"
print(v, v.norm(), v.name, isinstance(v, array), v[:1], len(v))
grown = array("q")
for i in range(2000):
    grown.append(i * i)
print(len(grown), sum(grown), grown[1999], grown[-2000])
while len(grown) > 3:
    grown.pop()
print(grown)
