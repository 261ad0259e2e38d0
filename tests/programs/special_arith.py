# Arithmetic special methods: forward, reflected, in-place, subclasses first, NotImplemented.
class V:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"V({self.n})"
    def __add__(self, o): return V(self.n + (o.n if isinstance(o, V) else o)) if isinstance(o, (V, int)) else NotImplemented
    def __radd__(self, o): return f"radd({o})"
    def __sub__(self, o): return "sub"
    def __mul__(self, o): return f"mul({o})"
    def __rmul__(self, o): return f"rmul({o})"
    def __truediv__(self, o): return "truediv"
    def __floordiv__(self, o): return "floordiv"
    def __mod__(self, o): return "mod"
    def __rmod__(self, o): return "rmod"
    def __divmod__(self, o): return "divmod"
    def __pow__(self, o, m=None): return f"pow({o}, {m})"
    def __rpow__(self, o): return "rpow"
    def __lshift__(self, o): return "lshift"
    def __rrshift__(self, o): return "rrshift"
    def __and__(self, o): return "and"
    def __ror__(self, o): return "ror"
    def __xor__(self, o): return "xor"
    def __matmul__(self, o): return "matmul"
    def __rmatmul__(self, o): return "rmatmul"
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "invert"
    def __abs__(self): return "abs"
    def __round__(self, n=None): return f"round({n})"
    def __trunc__(self): return "trunc"
    def __floor__(self): return "floor"
v = V(1)
print(v + v, v + 1, 1 + v, "s" + v, [1] + v, v - 1, v * 2, 2 * v)
print("ab" * v, [1] * v, v / 1, v // 1, v % 1, 5 % v, divmod(v, 1), v ** 2)
print(2 ** v, pow(v, 2, 3), v << 1, 1 >> v, v & 1, 1 | v, v ^ 1, v @ 1)
print(1 @ v, -v, +v, ~v, abs(v), round(v), round(v, 2))
print(sum([V(1), V(2)], V(10)), sum([V(1)]))
for f in (
    lambda: 1 - v,
    lambda: v + "s",
    lambda: v | 1,
    lambda: 1 / v,
    lambda: v >> 1,
    lambda: -object(),
    lambda: object() + object(),
    lambda: object() @ 1,
    lambda: 1 @ 1,
    lambda: ~1.5,
    lambda: {} - 1,
    lambda: None + 1,
    lambda: 1 + None,
    lambda: "a" - 1,
    lambda: [] ** 2,
    lambda: abs("a"),
    lambda: round("a"),
    lambda: divmod([], 1),
    lambda: print + 1,
    lambda: V + 1,
    lambda: len * 2,
    lambda: +"a",
    lambda: -[],
    lambda: pow("a", 2, 3),
    lambda: range(3) * 2,
    lambda: None // 1,
    lambda: True << "a",
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
class Base:
    def __add__(self, o): return "Base.add"
    def __radd__(self, o): return "Base.radd"
class Derived(Base):
    def __radd__(self, o): return "Derived.radd"
class Same(Base): pass
class Un(V):
    __add__ = None
print(Base() + Derived(), Derived() + Base(), Base() + Same(), Base() + Base(), Derived() + Derived())
try:
    Un(1) + 1
except TypeError as e:
    print(e)
class I:
    def __init__(self, l): self.l = l
    def __iadd__(self, o): self.l.append(o); return self
    def __imul__(self, o): return "replaced"
    def __isub__(self, o): return NotImplemented
    def __sub__(self, o): return "plain sub"
i = j = I([])
i += 1; i += 2
print(i.l, i is j)
i *= 5; print(i, j.l)
j -= 1; print(j)
k = V(5); m = k
k += 1; print(k, m, k is m)
k -= 1; print(k)
k = V(1); k **= 2; print(k)
k = V(1); k @= 2; print(k)
k = 3; k |= v; print(k)
def aug(op, a, b):
    try:
        ns = {"a": a, "b": b}
        exec(f"a {op} b", ns)
        print(op, ns["a"])
    except Exception as e:
        print(op, type(e).__name__, e)
for op in ("+=", "-=", "*=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=", "@="):
    aug(op, "x", None)
    aug(op, 17, 5)
class Ni:
    def __add__(self, o): return NotImplemented
    def __eq__(self, o): return NotImplemented
    def __lt__(self, o): return NotImplemented
print(Ni() == Ni(), Ni() != 1, Ni().__add__(1), bool(Ni() == 1))
try:
    Ni() < Ni()
except TypeError as e:
    print(e)
def not_implemented(): return Ni() + Ni()
try:
    not_implemented()
except TypeError as e:
    print(e)
