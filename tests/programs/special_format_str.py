# __repr__, __str__, __format__, __bytes__, and which one is used where.
class R:
    def __repr__(self): return "R-repr"
class S:
    def __str__(self): return "S-str"
    def __repr__(self): return "S-repr"
class F(S):
    def __format__(self, spec): return f"F-format({spec!r})"
class OnlyStr:
    def __str__(self): return "only-str"
print(R(), S(), F(), [R(), S(), F()], (S(),), {"k": S()}, sep="|")
print(str(R()), repr(S()), f"{S()} {S()!r} {F()} {F():>10} {F()!s:>8} {F()!r}", format(F(), "x"))
print(format(S()), "%s %r" % (S(), S()), "{} {!r} {:abc}".format(S(), S(), F()))
print(f"{R()}", f"{OnlyStr()}", repr(OnlyStr()).startswith("<__main__.OnlyStr object at 0x"))
print(str([OnlyStr()]).startswith("[<__main__.OnlyStr object"))
class BadRepr:
    def __repr__(self): return 5
class BadStr:
    def __str__(self): return b"x"
class BadFormat:
    def __format__(self, s): return 1
class RaiseRepr:
    def __repr__(self): raise ValueError("in repr")
class Sub(str):
    def __str__(self): return "sub-str"
    def __repr__(self): return "sub-repr"
for f in (
    lambda: repr(BadRepr()),
    lambda: str(BadStr()),
    lambda: f"{BadFormat()}",
    lambda: format(S(), "x"),
    lambda: [RaiseRepr()].__repr__(),
    lambda: str({"a": RaiseRepr()}),
    lambda: f"{RaiseRepr()!r}",
    lambda: format(R(), "10"),
    lambda: print(BadStr()),
    lambda: "%s" % BadStr(),
    lambda: print(1, RaiseRepr()),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(Sub("abc"), [Sub("abc")], f"{Sub('abc')}", Sub("abc") + "d", str(Sub("x")))
print("%s" % Sub("x"), "".join([Sub("q")]), len(Sub("four")), Sub("a") == "a")
print(type(str(Sub("x"))).__name__)
class E(Exception):
    def __str__(self): return "E-str"
print(E("x"), repr(E("x")), [E("x")], E().args)
print(R, repr(R), str(int), f"{list}", print, len, [].append.__name__, type, object, type(None), NotImplemented, ..., sep="|")
def fn(): pass
for o in (fn, lambda: 0, R.__repr__, R().__repr__, object(), iter([]), (i for i in ()), {}.keys, [].append, super, R()):
    print(repr(o).split(" at ")[0])
class Deep:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"Deep({self.x!r})"
print(Deep(Deep([Deep("q"), {"k": Deep(None)}])))
class Cm:
    def __class_getitem__(cls, i): return i
    def __bool__(self): return False
    def __bytes__(self): return b"bytes!"
    def __int__(self): return 3
    def __float__(self): return 2.5
print(bytes(Cm()), int(Cm()), float(Cm()), bool(Cm()), Cm[5], "%.1f" % Cm())
