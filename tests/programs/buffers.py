# Arrays whose items somebody looks at keep their length; what takes bytes takes views and arrays.
import array


def show(what, f):
    try:
        result = f()
    except Exception as e:
        print(what, type(e).__name__, e)
    else:
        print(what, repr(result))


for size in (3, 5000):
    a = array.array("i", range(size))
    m = memoryview(a)
    for change in (
        "a.append(1)", "a.append('x')", "a.pop()", "a.pop(10**6)", "a.insert(0, 1)", "a.extend([1])", "a.extend([])",
        "a.extend(array.array('i'))", "a.frombytes(b'')", "a.frombytes(b'abcd')", "a.frombytes(b'abc')", "a.fromlist([1])", "a.fromlist([])",
        "del a[0]", "del a[0:0]", "del a[10**6:]", "a[0:1] = array.array('i', [7])", "a[0:0] = array.array('i')",
        "a[0:2] = array.array('i', [7])", "a[0:3:2] = array.array('i', [7, 8])", "a[0:3:2] = array.array('i', [7])", "del a[::2]",
        "a *= 1", "a *= 2", "a *= 0", "a.remove(2)", "a.remove(-1)", "a.byteswap(); a.byteswap()", "a.reverse()",
        "a += array.array('i', [1])", "a += array.array('i')", "a[0] = 5",
    ):
        try:
            exec(change)
        except Exception as e:
            print(change, type(e).__name__, e, len(a))
        else:
            print(change, "ok", len(a), a[:3])
    print(m[:3].tolist(), m[-1])
    m[0], a[1] = 70, 71
    print(a[:3], m[:3].tolist(), m[0:2] == a[0:2])
    part = m[1:]
    m.release()
    show("one is left", lambda: a.append(4))
    part.release()
    show("none is left", lambda: a.append(4))
    with memoryview(a) as view:
        show("with", lambda: a.append(5))
    a.append(6)
    print(len(a), a[-2:])
    # What is garbage doesn't count, whenever it is found.
    memoryview(a)[0:2][0] = 9
    a.append(7)
    view = memoryview(a)
    again = [view[n:] for n in range(10)]
    del view, again
    a.append(8)
    print(len(a), a[:2], a[-3:])

    def looks():
        v = memoryview(a)
        return v[0] + v[-1]

    print(looks())
    a.pop()
    view = memoryview(a)
    view = memoryview(b"another")
    a.pop(0)
    print(len(a))
    shared = memoryview(a)
    try:
        raise ValueError(shared)
    except ValueError as e:
        show("in an exception", lambda: a.append(1))
    del shared
    empty = array.array("d")
    v = memoryview(empty)
    print(v.tolist(), v.nbytes, v.contiguous, v == b"", v == array.array("d"))
    show("empty", lambda: empty.append(1.0))
    v.release()
    empty.append(1.0)
    print(empty)

# The view keeps the bytes alive.
def made():
    a = array.array("d", [1.5, 2.5])
    return memoryview(a)


v = made()
for n in range(100):
    array.array("d", [0.0] * n)
print(v.tolist(), v.obj)
v[0] = 7
print(v.obj, v.cast("B")[:8].hex())
views = []
for n in range(50):
    a = array.array("h", range(n))
    views.append(memoryview(a)[::-1])
print(sum(sum(v) for v in views), views[49][0], [len(v) for v in views[:5]])
a.extend
for v in views:
    v.release()
a.append(1)
print(len(a))

# Bytes-like values.
m, gaps, a, i = memoryview(b"abc"), memoryview(b"abcdef")[::2], array.array("B", b"bc"), array.array("i", [1])
gone = memoryview(b"abc")
gone.release()
for what in (
    "bytes(m)", "bytes(gaps)", "bytes(a)", "bytes(i)", "bytes(gone)", "b'x' + m", "b'x' + a", "b'x' + i", "b'x' + gaps", "b'x' + gone", "m + b'x'",
    "b'-'.join([m, a, b'x'])", "b'-'.join([gaps])", "b''.join([gone])", "b'-'.join(['x', m])", "b''.join([m])",
    "m in b'xabcx'", "a in b'abc'", "gaps in b'ace'", "gone in b'ace'", "b'abc'.find(a)", "b'abc'.count(a)", "b'abc'.startswith(m)",
    "b'abc'.startswith((a, m))", "b'abc'.endswith(a)", "b'abc'.startswith(gaps)", "b'abc'.replace(a, m)", "b'abc'.split(a)", "b'abcab'.strip(m[:2])",
    "b'abc'.partition(m[:1])[2]", "b'abc'.removeprefix(m[:1])", "b'abc'.translate(None, a)", "b'%b|%s' % (m, a)", "b'%b' % gaps",
    "int(memoryview(b'12'))", "int(array.array('B', b' 7 '))", "float(memoryview(b'1.5'))", "int(gone)", "int(memoryview(b'x'))", "float(gone)",
    "str(m, 'ascii')", "str(a, 'utf-8')", "str(gaps, 'ascii')", "int.from_bytes(m, 'big')", "int.from_bytes(i, 'little')", "int.from_bytes(gaps, 'big')",
    "array.array('B', m)", "array.array('i', memoryview(b'abcd'))", "array.array('i', b'abcd') == memoryview(b'abcd').cast('i')",
    "bytes.fromhex(m)", "b'abc' == m", "b'abc' == a", "bytes.maketrans(m, b'xyz')[97:100]", "m == bytes(m)", "list(m)", "sum(m)", "max(m)", "sorted(gaps)",
):
    show(what, lambda: eval(what))
room = array.array("B")
room.frombytes(m)
room.frombytes(a)
room.frombytes(memoryview(b"12"))
show("frombytes", lambda: room.frombytes(gaps))
show("frombytes", lambda: room.frombytes("x"))
print(room)
own = array.array("B", b"abc")
show("itself", lambda: own.frombytes(own))
with memoryview(own) as view:
    show("itself", lambda: own.frombytes(view))
print(own)


# A finalizer that runs while an array asks who still looks at it.
class Closes:
    def __init__(self, view):
        self.view = view

    def __del__(self):
        self.view.release()


held = array.array("i", [1, 2, 3])
closes = Closes(memoryview(held))
del closes
held.append(4)
print(held)
