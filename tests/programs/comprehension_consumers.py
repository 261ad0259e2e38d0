# Generator expressions that are the only argument of a builtin that consumes them, and comprehensions with free variables: values, order of effects,
# tracebacks, what they look like from inside.
import sys
def show(f):
    try: print(f())
    except BaseException as e:
        print(type(e).__name__, e)
        tb = e.__traceback__.tb_next
        while tb: print("   ", tb.tb_frame.f_code.co_name, tb.tb_lineno); tb = tb.tb_next
        if e.__cause__: print("  cause", repr(e.__cause__))
class H:
    def __init__(self, n): self.n=n
    def __hash__(self): print("hash", self.n); return self.n
    def __eq__(self, o): print("eq"); return self.n==o.n
    def __bool__(self): print("bool", self.n); return bool(self.n)
    def __add__(self, o): print("add"); return 5
    def __radd__(self, o): print("radd", o); return o + self.n
    def __lt__(self, o): print("lt"); return self.n < o.n
class Bad:
    def __bool__(self): raise ValueError("bool")
    def __hash__(self): raise StopIteration("hash")
    def __radd__(self, o): raise KeyError("radd")
    def __lt__(self, o): raise IndexError("lt")
    def __repr__(self): return "Bad"
def t():
    y = 3
    show(lambda: set(x + y for x in range(5)))
    show(lambda: sorted(x * y % 7 for x in range(9)))
    show(lambda: tuple(x for x in range(5) if x != y))
    show(lambda: list((a, b) for a in range(3) for b in range(a)))
    show(lambda: sum(x for x in range(100)))
    show(lambda: sum(x / 10 for x in range(100)))
    show(lambda: any(x > 3 for x in range(5)))
    show(lambda: all(x > 3 for x in range(5)))
    show(lambda: any(x > 30 for x in range(5)))
    show(lambda: all(x > -3 for x in range(5)))
    show(lambda: any(x for x in []))
    show(lambda: all(x for x in []))
    show(lambda: sum(x for x in []))
    show(lambda: set(1 // x for x in (2, 1, 0)))
    show(lambda: set([] for x in (2, 1, 0)))
    show(lambda: set(Bad() for x in (2, 1, 0)))
    show(lambda: any(Bad() for x in (2, 1, 0)))
    show(lambda: all(Bad() for x in (2, 1, 0)))
    show(lambda: sum(Bad() for x in (2, 1, 0)))
    show(lambda: sum(str(x) for x in (2, 1, 0)))
    show(lambda: sorted(Bad() for x in (2, 1, 0)))
    show(lambda: sorted([1, "a"][x % 2] for x in (2, 1, 0)))
    show(lambda: len(set(H(x) for x in (2, 1, 2))))
    show(lambda: any(H(x) for x in (0, 1, 2)))
    show(lambda: sum(H(x) for x in (0, 1, 2)))
    show(lambda: len(sorted(H(x) for x in (0, 1, 2))))
    show(lambda: list(next(iter([])) for x in (1, 2)))
    show(lambda: set(next(iter([])) for x in (1, 2)))
    show(lambda: any(x if x else next(iter([])) for x in (0, 2)))
    show(lambda: tuple(x for x in 5))
    show(lambda: tuple(x for x in range(3) for z in 5))
    show(lambda: any(w := x for x in (0, 3)))
    show(lambda: [any(c == d for d in "abc") for c in "abz"])
    show(lambda: set(set(z + x for z in range(x)) == set(v for v in range(x, 2 * x)) for x in range(4)))
    show(lambda: sum(sum(sum(sum(a*b*c*d for a in range(3)) for b in range(3)) for c in range(3)) for d in range(3)))
    show(lambda: all((lambda: x)() == x for x in range(4)))
    show(lambda: [f() for f in tuple((lambda: x) for x in range(4))])
    show(lambda: (x for x in range(3)).gi_code.co_argcount)
    def inner():
        k = 1
        g = (k + x for x in range(2))
        print(g.gi_code.co_argcount, g.gi_code.co_varnames, g.gi_code.co_freevars, g.__qualname__, g.__name__)
        return list(g)
    show(inner)
    def unbound():
        if False: z = 1
        return set(z for x in range(2))
    show(unbound)
    def unbound2():
        if False: z = 1
        return [z for x in range(2)]
    show(unbound2)
    def loc():
        q = 2
        return list(sorted(locals()) for x in range(1)), [(q, sorted(locals())) for x in range(1)]
    show(loc)
t()
class C:
    a = [1, 2, 3]
    b = set(x for x in a)
    c = [x for x in a if x]
    d = any(x for x in a)
print(C.b, C.c, C.d)
def shadow():
    set = list
    return set(x for x in "aab")
print(shadow())
any = lambda g: (type(g).__name__, next(g))
print(any(x for x in range(3)))
del any
print(any(x for x in range(3)))
class S(set): pass
set = S
print(type(set(x for x in range(3))).__name__)
exec("set = 5", d := {})
try: exec("set(x for x in y)", {"y": [], "set": 5})
except TypeError as e: print(e)
exec("print(sorted(x for x in y))", {"y": [3, 1]})
exec("v = [1]\nprint(sorted(x + v[0] for x in y))", {"y": [3, 1]})
exec("v = [1]\nprint(sorted(x + y[0] for x in y))", {"y": [3, 1]}, {"y": [8, 7]})
def deep(n): return list(deep(n - 1) for _ in range(1)) if n else 0
print(deep(50))
try: deep(10 ** 6)
except RecursionError as e: print(type(e).__name__)
try: [k for k in range(3)].__class__; f = compile("[k+z for k in y]", "x", "eval").co_consts[0]; print(f.co_argcount, f.co_varnames, f.co_freevars)
except Exception as e: print(e)
