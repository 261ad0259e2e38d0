# repr and str of built-in objects of all kinds, nested in containers.
def f(): pass
class C: pass
for v in (
    None, True, ..., NotImplemented, 0, -1, 10**20, 1.0, 1e20, 1e-7, float("inf"), "s", "it's",
    "", b"b", b"it's", [], [1, "a", None], (), (1,), (1, 2), {}, {"a": [1]}, {1: {2: {}}},
    set(), {1}, frozenset(), frozenset({1}), range(3), range(1, 2, 3), slice(1),
    slice(1, 2, "x"), int, str, list, type, object, C, ValueError, ValueError("x"),
    ValueError(1, "x"), KeyError("k"), len, print,
):
    print(repr(v), str(v), [v], (v,), {"k": v}, f"{v}", f"{v!r}", "%s %r" % (v, v) if not isinstance(v, tuple) else "-", sep=" | ")
d = {}
print(d.keys(), d.values(), d.items(), {"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items())
for v in (
    f,
    lambda: 0,
    C(), C().__init__, iter([]), iter(()), iter({}), iter(range(1)), iter(set()),
    zip(), map(f, []), filter(f, []), enumerate([]), reversed([]), (x for x in []), "".join,
    [].append, super, f.__code__, object(), iter(f, 1), reversed(()), reversed(""),
    reversed(range(1)), {}.items().__iter__(), iter(b""),
):
    print(type(v).__name__, repr(v).startswith("<"), " at 0x" in repr(v))
import sys, math
print(repr(sys).startswith("<module 'sys' (built-in)"), type(sys).__name__, type(C).__name__)
print(C.__name__, repr(C()).split(" at ")[0], repr(f).split(" at ")[0])
print(repr(C().__init__).split(" at ")[0])
print(str(type(f)), str(type(C())), str(type(iter([]))), str(type(None)), type(f).__name__)
print(type(sys).__name__, type(C.__dict__).__name__, type(C.__init__).__name__)
