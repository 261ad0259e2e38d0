# __len__, __contains__, __iter__, __next__, __getitem__, __setitem__, __delitem__, __reversed__, __call__, __index__.
class Seq:
    "Old protocol: only __getitem__."
    def __getitem__(self, i):
        if i >= 4:
            raise IndexError(i)
        return i * i
s = Seq()
print(list(s), 9 in s, 5 in s, [*s], sum(s), max(s), dict(enumerate(s)), list(zip(s, s))[1], tuple(map(str, s)), list(iter(s)))
a, b, *c = s
print(a, b, c)
class Box:
    def __init__(self): self.d = {}
    def __len__(self): return len(self.d)
    def __getitem__(self, k): print("get", k); return self.d[k]
    def __setitem__(self, k, v): print("set", k, v); self.d[k] = v
    def __delitem__(self, k): print("del", k); del self.d[k]
    def __contains__(self, k): print("in", k); return k in self.d
    def __iter__(self): return iter(sorted(self.d))
    def __reversed__(self): return iter(["rev"])
b = Box()
print(bool(b), len(b))
b["x"] = 1; b["a"] = 2
b["x"] += 10
print(b["x"], "x" in b, "q" not in b, list(b), list(reversed(b)), bool(b), sorted(b))
del b["a"]
print(len(b), [*b])
for f in (lambda: b["none"], lambda: b.__delitem__("none")):
    try:
        f()
    except KeyError as e:
        print("KeyError", e)
class Down:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1
print(list(Down(3)), [x for x in Down(2)], 2 in Down(3), max(Down(5)), "".join(map(str, Down(4))))
d = Down(4)
print(next(d), 3 in d, list(d), list(d))
class Rev:
    def __len__(self): return 3
    def __getitem__(self, i): return "abc"[i]
print(list(reversed(Rev())), list(Rev()))
class Call:
    def __call__(self, *a, **k): return a, k
print(Call()(1, x=2), callable(Call()), callable(5), callable(int), callable(lambda: 0))
class Ix:
    def __init__(self, v): self.v = v
    def __index__(self): return self.v
print("abc"[Ix(1)], [1, 2, 3][Ix(-1)], [1, 2, 3, 4][Ix(1):Ix(3)], list(range(Ix(2))))
print("ab" * Ix(2), hex(Ix(10)), bin(Ix(2)), chr(Ix(65)), (1, 2)[Ix(0)], round(1.26, Ix(1)))
print([0] * Ix(2), 1 << 3 >> 1, int(Ix(9)), float(Ix(2)))
five, nil = 5, None
class NotIter: pass
class BadIter:
    def __iter__(self): return 5
class BadIx:
    def __index__(self): return "a"
class NoneIter:
    __iter__ = None
    def __getitem__(self, i): return 1
class BadContains:
    __contains__ = None
    def __iter__(self): return iter([1])
class IterOnly:
    def __iter__(self): return iter("xy")
class Raise:
    def __iter__(self): raise ValueError("from iter")
def set_ni(): NotIter()[0] = 1
def del_ni(): del NotIter()[0]
def set_seq(): s[0] = 1
def del_seq(): del s[0]
for f in (
    lambda: list(NotIter()),
    lambda: 1 in NotIter(),
    lambda: NotIter()[0],
    set_ni, del_ni, set_seq, del_seq,
    lambda: len(NotIter()),
    lambda: NotIter()(),
    lambda: next(NotIter()),
    lambda: list(BadIter()),
    lambda: [1][BadIx()],
    lambda: list(NoneIter()),
    lambda: 1 in BadContains(),
    lambda: "x" in IterOnly(),
    lambda: reversed(NotIter()),
    lambda: list(Raise()),
    lambda: [1][NotIter()],
    lambda: range(NotIter()),
    lambda: [*NotIter()],
    lambda: {**NotIter()},
    lambda: print(*NotIter()),
    lambda: int(NotIter()),
    lambda: float(NotIter()),
    lambda: reversed(IterOnly()),
    lambda: int[5],
    lambda: NotIter[0],
    lambda: len(5),
    lambda: five[0],
    lambda: nil[0],
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
class OnType:
    pass
o = OnType()
o.__len__ = lambda: 5
o.__call__ = lambda: 1
for f in (lambda: len(o), lambda: o()):
    try:
        print(f())
    except TypeError as e:
        print(e)
print(o.__len__())
