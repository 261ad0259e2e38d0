# Generators and coroutines dropped, closed, finished.
#: finished generator lets go of its locals
def g():
    t = T('t')
    yield 1
    print('end of g')
for x in g():
    print('turn', x)
print('after')
#: dropped half-way
def g():
    t = T('t')
    yield 1
    yield 2
i = g()
print(next(i))
del i
print('after')
#: dropped half-way, finally runs
def g():
    t = T('t')
    try:
        yield 1
    finally:
        print('finally')
i = g()
print(next(i))
del i
print('after')
#: dropped half-way in a with
class C(T):
    def __enter__(self): print('enter'); return self
    def __exit__(self, kind, value, tb): print('exit', kind.__name__)
def g():
    with C('c'):
        yield 1
i = g()
next(i)
i = None
print('after')
#: never started
def g(t):
    try:
        yield 1
    finally:
        print('never')
i = g(T('argument'))
i = None
print('after')
#: closed
def g():
    t = T('t')
    try:
        yield 1
    except GeneratorExit:
        print('exit')
        raise
i = g()
next(i)
i.close()
print('closed')
i = None
#: broken out of a loop
def g():
    t = T('t')
    try:
        for n in range(5):
            yield n
    finally:
        print('finally')
for n in g():
    print(n)
    if n == 1: break
print('after')
#: sent values
def g():
    while True:
        x = yield
        print('got', x.name)
i = g()
next(i)
i.send(T(1))
print('-')
i.send(T(2))
print('-')
i.close()
print('end')
#: thrown into
def g():
    t = T('t')
    try:
        yield 1
    except ValueError:
        print('caught')
    yield 2
i = g()
next(i)
print(i.throw(ValueError))
del i
print('end')
#: yield from, outer dropped
def inner():
    t = T('inner')
    try:
        yield 1
    finally:
        print('inner finally')
def outer():
    u = T('outer')
    try:
        yield from inner()
    finally:
        print('outer finally')
i = outer()
next(i)
del i
print('after')
#: generator expression dropped
i = (T(n) for n in range(3))
print(next(i).name)
print('-')
x = next(i)
del i
print('dropped')
del x
#: generator that raises
def g():
    t = T('t')
    yield 1
    raise ValueError
i = g()
next(i)
try:
    next(i)
except ValueError:
    print('handler')
print('after')
#: generator held by its own local is cyclic
import gc
def g():
    me = yield
    t = T('t')
    try:
        yield
    finally:
        print('finally')
i = g()
next(i)
i.send(i)
del i
print('dropped')
gc.collect()
print('collected')
#: coroutine dropped half-way
class A:
    def __await__(self):
        yield 'waiting'
async def c():
    t = T('t')
    try:
        await A()
    finally:
        print('finally')
k = c()
print(k.send(None))
del k
print('after')
#: coroutine finished
class A:
    def __await__(self):
        return 5
        yield
async def c():
    t = T('t')
    return await A()
try:
    c().send(None)
except StopIteration as e:
    print(e.value)
print('after')
#: nested generators in a loop
def g(n):
    t = T(n)
    yield n
for a in g(1):
    for b in g(2):
        print(a, b)
print('after')
#: list of a generator
def g():
    for n in range(3):
        t = T(n)
        yield n
print(list(g()))
#: any stops early
def g():
    t = T('t')
    for n in range(5):
        yield n
print(any(n == 2 for n in g()))
print('after')
#: unpacking a generator
def g():
    t = T('t')
    yield 1
    yield 2
a, b = g()
print(a, b)
#: unpacking too many
def g():
    t = T('t')
    try:
        yield 1
        yield 2
        yield 3
    finally:
        print('finally')
try:
    a, b = g()
except ValueError as e:
    print(e)
print('after')
