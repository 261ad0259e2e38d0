# memoryview: items, slices, casts, comparison, release.
import array


def show(what, f):
    try:
        result = f()
    except Exception as e:
        print(what, type(e).__name__, e)
    else:
        print(what, repr(result))


def put(view, key, value):
    view[key] = value


def drop(view, key):
    del view[key]


m = memoryview(b"abcdef")
print(len(m), m[0], m[-1], m[2:4].tobytes(), m[::-1].tobytes(), m[::2].tolist(), list(m), list(reversed(m)))
print(m.readonly, m.format, m.itemsize, m.nbytes, m.ndim, m.shape, m.strides, m.suboffsets, m.obj)
for part in (m, m[::2], m[::-1], m[1:2], m[4:1], m[:1:3], m[::-2]):
    print(part.contiguous, part.c_contiguous, part.f_contiguous, part.strides, part.shape, part.nbytes, part.tobytes())
print(repr(m)[:13], 98 in m, "b" in m, 300 in m, m.hex(), m.hex(":"), m[::-1].hex("-", 4), bytes(m[::3]))
print(type(m), type(iter(m)), isinstance(m, memoryview), m[1:3][0], m[1:5][1:3][::-1].tobytes())
for key in (6, -7, "x", (0,), (0, 0), (), Ellipsis, 1.5, None, 2**70, (slice(1), slice(1)), slice(0, 1, 0), slice("a", 1)):
    show(("get", key), lambda: m[key])


class Index:
    def __index__(self):
        return 2


print(m[Index()], m[Index():].tobytes(), m[True])

# Writing.
a = array.array("B", b"abcd")
w = memoryview(a)
for key, value in (
    (0, 65), (-1, 0), (0, 256), (0, -1), (0, "a"), (0, 1.0), (0, b"a"), (0, None), (9, 0), ("x", 1), ((1,), 66),
    ((0, 0), 1), (slice(0, 2), b"xy"), (slice(0, 2), b"xyz"), (slice(0, 2), 5), (slice(0, 2), array.array("i", [1])),
    (slice(0, 4), array.array("b", [1, 2, 3, 4])), (slice(None, None, -1), b"1234"), (slice(0, 0), b""), (2**70, 1), (0, 2**70),
):
    show(("set", key, value), lambda: put(w, key, value))
    print(a.tobytes())
w[Index()] = Index()
print(a)
show("del", lambda: drop(w, 0))
show("del readonly", lambda: drop(m, 0))
show("set readonly", lambda: put(m, 0, 1))
show("toreadonly", lambda: put(w.toreadonly(), 0, 1))
w[0:3] = w[1:4]
print(a)
w[1:] = w[:3]
print(a)
w[::-1] = w
print(a)

# Formats.
for code in "bBhHiIlLqQnNfd?cP":
    room = array.array("B", bytes(16))
    v = memoryview(room).cast(code)
    print(code, v.format, v.itemsize, len(v), v.strides)
    for value in (1, -1, 127, 128, 255, 256, 40000, -40000, 2**31, 2**32, 2**63, 2**64, -(2**63), -(2**63) - 1, 1.5, "a", b"a", b"ab", None, True):
        show(value, lambda: put(v, 1, value))
    print(v.tolist(), list(v) == v.tolist(), v[1], room.tobytes().hex())
m = memoryview(b"abcdefgh")
for form in ("z", 1, "@i", "@B", "<i", "BB", "", "u", "@", "d", "c"):
    show(("cast", form), lambda: m.cast(form).format)
show("cast", lambda: m.cast("i").cast("f"))
show("cast", lambda: m.cast("i").cast("B").tobytes())
show("cast", lambda: m[:3].cast("i"))
show("cast", lambda: m[::2].cast("b"))
show("cast", lambda: m.cast())
show("cast", lambda: m.cast("i", [2]).shape)
show("cast", lambda: m.cast("i", (3,)))
show("cast", lambda: m.cast("i", 2))
print(m.cast("i")[1:].tolist(), m.cast("h")[::-1].tobytes(), m.cast("c").tolist(), m.cast("c")[::3][1])
show("order", lambda: [m.tobytes(o) for o in ("C", "F", "A", None)])
show("order", lambda: m.tobytes("X"))
show("order", lambda: m.tobytes(3))

# Characters have no format that views know.
u = memoryview(array.array("u", "ab"))
print(u.format, u.itemsize, u.tobytes(), len(u), u == u)
show("w", lambda: u[0])
show("w", lambda: u.tolist())
show("w", lambda: list(u))
show("w", lambda: put(u, 0, "x"))

# Comparison and hashes.
m = memoryview(b"abcd")
print(m == b"abcd", b"abcd" == m, m != b"abcd", m == m[:], m == b"abc", m == "abcd", m == 5, m == None, m[::-1] == b"dcba")
print(m == array.array("B", b"abcd"), array.array("B", b"abcd") == m, m.cast("b") == m, m.cast("i") == m, m.cast("c") == m)
print(memoryview(array.array("f", [1.5])) == memoryview(array.array("d", [1.5])), memoryview(array.array("i", [1])) == array.array("d", [1.0]))
nan = array.array("d", [float("nan")])
print(memoryview(nan) == memoryview(nan), memoryview(array.array("d", [0.0])) == array.array("d", [-0.0]))
for op in ("m < m", "m <= b''", "b'' > m", "m + b'a'", "m * 2", "m in b'abcd'", "-m"):
    show(op, lambda: eval(op))
print(hash(m) == hash(b"abcd"), hash(m[::2]) == hash(b"ac"), hash(m.cast("b")) == hash(b"abcd"), {m: 1}[b"abcd"], {b"abcd": 2}[m])
show("hash", lambda: hash(m.cast("i")))
show("hash", lambda: hash(memoryview(a)))

# Making them.
show("new", lambda: memoryview("a"))
show("new", lambda: memoryview())
show("new", lambda: memoryview([1]))
show("new", lambda: memoryview(b"a", 2))
show("new", lambda: memoryview(object=b"a").tobytes())


class Text(bytes):
    pass


t = Text(b"text")
print(memoryview(t).obj is t, memoryview(memoryview(t)).obj is t, memoryview(t)[1:].obj is t, memoryview(a).obj is a)
try:
    class Sub(memoryview):
        pass
except TypeError as e:
    print(e)

# Released ones.
m = memoryview(b"abc")
part = m[1:]
it = iter(m)
print(next(it), hash(m) == hash(b"abc"))
m.release()
m.release()
print(repr(m)[:17], m == m, m == b"abc", m == part, hash(m) == hash(b"abc"), part.tobytes())
for name in ("obj", "readonly", "nbytes", "shape", "format", "c_contiguous", "itemsize", "ndim", "strides", "suboffsets"):
    show(name, lambda: getattr(m, name))
for what in ("len(m)", "m[0]", "m[:]", "next(it)", "iter(m)", "m.tolist()", "m.tobytes()", "m.hex()", "m.cast('b')", "m.toreadonly()", "bytes(m)",
             "memoryview(m)", "m.__enter__()", "m.release()", "bool(m)", "1 in m", "memoryview.release(5)", "m.foo"):
    if what == "iter(m)":
        continue  # A SystemError in CPython 3.11.
    show(what, lambda: eval(what))
show("hash", lambda: hash(memoryview(b"x")[:0].toreadonly()) == hash(b""))
show("set", lambda: put(m, 0, 1))
with memoryview(b"abc") as inside:
    print(inside[0], inside.__exit__.__name__)
show("after with", lambda: inside[0])


class Releases:
    def __init__(self, view):
        self.view = view

    def __index__(self):
        self.view.release()
        return 1


for what in ("v[Releases(v)]", "put(v, 0, Releases(v))", "put(v, Releases(v), 0)", "put(v, slice(Releases(v), 2), b'x')"):
    v = memoryview(array.array("B", b"abcd"))
    show(what, lambda: eval(what))
print([n for n in dir(memoryview) if not n.startswith("_")])
from collections.abc import Hashable, MutableSequence, Sequence

print([isinstance(memoryview(b""), c) for c in (Sequence, MutableSequence, Hashable)])
