# Closures: shared cells, nonlocal, late binding, cells of parameters and loops.
def counter(start):
    n = start
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get():
        return n
    return inc, get
inc, get = counter(10)
inc2, get2 = counter(0)
print(inc(), inc(5), get(), inc2(), get2(), get())
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
def make():
    fs = []
    for i in range(3):
        def f():
            return i
        fs.append(f)
    i = "rebound"
    return fs
print([f() for f in make()])
def outer(x):
    def mid():
        def inner():
            nonlocal x
            x *= 2
            return x
        return inner
    return mid(), lambda: x
a, b = outer(3)
print(a(), a(), b())
def unbound():
    def f():
        return later
    try:
        f()
    except NameError as e:
        print(type(e).__name__, e)
    later = 5
    return f()
print(unbound())
def deleted():
    x = 1
    def f():
        return x
    del x
    try:
        f()
    except NameError as e:
        print(type(e).__name__, e)
    try:
        print(x)
    except NameError as e:
        print(type(e).__name__, e)
    x = 2
    return f()
print(deleted())
def fact_factory():
    def fact(n):
        return 1 if n < 2 else n * fact(n - 1)
    return fact
print(fact_factory()(10))
def cls_closure(v):
    class C:
        w = v
        def get(self):
            return v
        def set(self, x):
            nonlocal v
            v = x
    return C
C = cls_closure(1)
c = C()
c.set(2)
print(C.w, c.get(), C().get())
x = "global"
def scopes():
    x = "enclosing"
    class K:
        y = x
        x = "class"
        def m(self):
            return x
        z = [x for _ in range(1)]
        w = (lambda: x)()
    return K.y if hasattr(K, "y") else None, K.x, K().m(), K.z, K.w
try:
    print(scopes())
except NameError as e:
    print(type(e).__name__, e)
def cells():
    a, b = 1, 2
    def f():
        return a + b
    return f
f = cells()
print(f.__code__.co_freevars, [c.cell_contents for c in f.__closure__], (lambda: 0).__closure__, cells.__code__.co_cellvars)
def compose(*fs):
    def run(x):
        for f in reversed(fs):
            x = f(x)
        return x
    return run
print(compose(lambda x: x + 1, lambda x: x * 10)(5))
def param_cell(n, *args, k, **kw):
    return lambda: (n, args, k, kw)
print(param_cell(1, 2, 3, k=4, z=5)())
def gen_cell():
    total = 0
    def add():
        nonlocal total
        for i in range(3):
            total += i
            yield total
    return list(add()), total
print(gen_cell())
def recursive_depth(n):
    if n == 0:
        return lambda: 0
    g = recursive_depth(n - 1)
    return lambda: g() + n
print(recursive_depth(50)())
