# Generators that run into themselves, and what that leaves behind.
def t(f, *a):
    try: print(f(*a))
    except Exception as e: print(type(e).__name__, e)
def g():
    try: next(me)
    except ValueError as e: yield str(e)
    try: me.send(None)
    except ValueError as e: yield str(e)
    try: me.throw(KeyError)
    except ValueError as e: yield str(e)
    try: me.close()
    except ValueError as e: yield str(e)
    try: list(me)
    except ValueError as e: yield str(e)
    yield from me
me = g()
for _ in range(5): t(next, me)
t(next, me)
t(next, me)
def inner():
    yield 1
    yield from outer
def outside():
    yield from inner()
outer = outside()
t(next, outer)
t(next, outer)
async def co():
    mine.send(None)
mine = co()
t(mine.send, None)
class I:
    def __iter__(self): return self
    def __next__(self): return next(loop)
loop = (x for x in I())
t(next, loop)
m = map(lambda x: next(m), [1, 2, 3])
t(next, m)
z = None
class Z:
    def __iter__(self): return self
    def __next__(self): return next(z)
z = zip(Z(), [1])
t(next, z)
e = enumerate(iter(lambda: next(e), 1))
t(next, e)
f = filter(lambda x: next(f), range(3))
t(next, f)
l = []
def grow():
    for x in l:
        l.append(x + 1)
        if len(l) > 10: return
        yield x
l.append(0)
l.extend(grow())
print(l)
