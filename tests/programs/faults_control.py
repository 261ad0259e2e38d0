# Functions, closures, generators, coroutines, exceptions, match, imports, exec.
import sys, math, time, gc
from math import sqrt as root
def outer(n, *args, step=1, **kw):
    total = n
    def add(x=1, /, y=2, *, z=3):
        nonlocal total
        total += x * y * z * step
        return total
    return add
f = outer(10, 1, 2, step=2, a=1); print(f(), f(2, 3, z=1), outer.__name__, f.__closure__ is not None, (lambda *a, **k: (a, k))(1, *[2], k=3, **{'m': 4}))
def gen(n):
    try:
        for i in range(n):
            got = yield i
            if got: yield got * 10
    except ValueError as e: yield f'caught {e}'
    finally: print('closed')
    return 'result'
def delegating():
    r = yield from gen(2)
    yield r
g = gen(3); print(next(g), g.send(5), next(g), g.throw(ValueError('v')), list(g), list(delegating()), sum(x * x for x in gen(4)))
g = gen(9); next(g); g.close()
async def inner(n): return n + 1
async def co():
    total = 0
    for i in range(3): total += await inner(i)
    return total
c = co()
try: c.send(None)
except StopIteration as stop: print('coroutine', stop.value)
class E(Exception):
    def __init__(self, code, **more): super().__init__(code, more); self.code = code
def raising(n):
    try:
        try: raise E(n, why='because')
        except E as e:
            e.add_note('noted')
            raise RuntimeError('second') from e
        finally: n += 1
    except RuntimeError as e: return n, e.__cause__.code, e.__cause__.__notes__, type(e.__context__).__name__
print(raising(5))
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
print(deep(200))
try: deep(100000)
except RecursionError as e: print(e)
def kind(x):
    match x:
        case {'type': t, **rest}: return 'dict', t, rest
        case [1, (2 | 3) as y, *more]: return 'list', y, more
        case E(code=c): return 'E', c
        case str() | bytes(): return 'text'
        case int(n) if n > 5: return 'big', n
        case None | True: return 'single'
    return 'other'
print([kind(x) for x in ({'type': 1, 'b': 2}, [1, 3, 5, 6], E(7), 'x', 9, True, 2.5, (1, 2))])
space = {}
exec(compile('def h(a):\n    global G\n    G = a\n    return [a for a in range(a)]\nr = h(4)', 'made', 'exec'), space)
print(space['r'], space['G'], eval('1 + x', {'x': 2}), root(16), math.gcd(12, 18), sys.getrecursionlimit(), math.factorial(30), time.time() > 0)
class D:
    def __init__(self, out): self.out = out
    def __del__(self): self.out.append(1)
out = []
for i in range(5): D(out)
cycle = [D(out)]; cycle.append(cycle); del cycle; gc.collect()
print(len(out) >= 0, (x := 5) + x, [a for a in range(3) for b in range(2) if a != b], not None, 1 < 2 < 3, 'y' if x else 'n')
i = 0
while True:
    i += 1
    if i % 2: continue
    if i > 10: break
else: print('never')
def decorated(fn): return lambda *a: ('decorated', fn(*a))
@decorated
def plain(a, b: int = 2) -> int: return a + b
print(plain(1), plain.__name__, globals()['x'], len(locals()) > 5, isinstance(print, type(len)), id(g) == id(g), hash(g) == hash(g))
print(*[1, 2], sep='-', end='!\n'); print(iter([1]).__length_hint__(), next(iter(()), 'default'), list(iter([3, 2, 1].pop, 1)), type(iter({})).__name__)
