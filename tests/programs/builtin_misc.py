# abs, divmod, round, hash, id, callable, vars, dir, getattr family, isinstance, type, chr, ord, ascii, format, pow.
print(abs(-5), abs(-2.5), abs(-2**70), abs(True), divmod(17, 5), divmod(-17, 5), divmod(7.5, 2))
print(hash(5), hash(-1), hash(-2), hash(0), hash(2**61 - 1), hash(2**61), hash(-2**61 + 1))
print(hash(10**30), hash(1.5), hash(True), hash("a") == hash("a"), hash((1, 2)) == hash((1, 2)))
print(callable(print), callable(int), callable(5), callable(lambda: 0), callable(object()))
print(id(print) == id(print), isinstance(1, int), isinstance(True, int))
print(isinstance(1, (str, float)), isinstance([], object), isinstance(int, type))
print(isinstance(1, int | None), isinstance(None, int | None), issubclass(bool, int))
print(issubclass(int, (str, object)), type(1) is int, type(type), type(None), type(...))
print(type(NotImplemented), type(print), type(lambda: 0), type(len.__name__))
class C:
    x = 1
    def __init__(self): self.y = 2
    def m(self): pass
c = C()
print(vars(c), sorted(k for k in vars(C) if not k.startswith("__")), getattr(c, "x"))
print(getattr(c, "z", None), hasattr(c, "y"), hasattr(c, "q"))
print([n for n in dir(c) if not n.startswith("_")], "append" in dir([]), "__len__" in dir(str))
print(callable(getattr(c, "m")))
setattr(c, "z", 3); delattr(c, "y"); print(vars(c))
print(chr(97), ord("a"), chr(0x1F600), ord("€"), ascii("aé€😀\n'"), bin(10), oct(10), hex(10))
print(bin(-10), hex(-2**64), repr("a"), format(3.14159, ".2f"), format("x", ">3"))
print(format(255, "x"), format(None), format([1]), len("a😀"), len({}), len(b"ab"))
print(len(range(0, 10, 3)), round(2.567, 1), round(5), round(-0.4), round(12345, -2), pow(2, 3))
print(pow(2, -1), pow(2, 10, 7))
print(int("5") + int(5.7), float("1.5"), str(5), bool([]), list("ab"), tuple([1]), dict(a=1))
print(sorted(set("aab")), bytes([65]), frozenset() == set(), object() is not None, slice(1, 2))
print(type("X", (), {}).__name__, __name__, __doc__, Ellipsis, NotImplemented)
def f():
    "doc"
    a, b = 1, 2
    return sorted(locals()), dir()
print(f(), f.__name__, f.__doc__, "f" in globals(), "f" in dir(), vars() is globals(), locals() is globals())
import builtins
print(builtins.len is len, hasattr(builtins, "print"), builtins.__name__, "len" in dir(builtins))
for g in (
    lambda: abs("a"),
    lambda: abs(None),
    lambda: divmod(1, "a"),
    lambda: hash([]),
    lambda: hash({}),
    lambda: vars(5),
    lambda: vars([]),
    lambda: getattr(c, "nope"),
    lambda: getattr(5, "real") + getattr(5, "fake"),
    lambda: hasattr(c, 5),
    lambda: getattr(c, None),
    lambda: isinstance(1, "int"),
    lambda: isinstance(1, (int, "x")),
    lambda: isinstance(1, ("x", int)),
    lambda: issubclass(5, int),
    lambda: issubclass(int, 5),
    lambda: issubclass(int, ("a",)),
    lambda: len(5),
    lambda: len(None),
    lambda: len(C()),
    lambda: chr(-1),
    lambda: chr(1114112),
    lambda: chr(2**70),
    lambda: chr("a"),
    lambda: ord("ab"),
    lambda: ord(""),
    lambda: ord(97),
    lambda: ord(b"ab"),
    lambda: bin(1.5),
    lambda: hex("a"),
    lambda: oct(None),
    lambda: round("a"),
    lambda: format(1, 5),
    lambda: dir(1, 2),
    lambda: type(1, 2, 3),
    lambda: int([]),
    lambda: iter(None),
    lambda: delattr(c, "nope"),
    lambda: setattr(c, 1, 2),
    lambda: object(1),
    lambda: print.x,
    lambda: pow(1, 2, 0),
    lambda: slice(),
    lambda: bool(1, 2),
    lambda: int("a", 2),
    lambda: str(1, 2),
    lambda: str(b"a", "nope"),
    lambda: list(1),
    lambda: dict(1),
    lambda: bytes("a"),
    lambda: NoneType,
):
    try:
        print(g())
    except Exception as e:
        print(type(e).__name__, e)
