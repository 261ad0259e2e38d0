# Cycles, resurrection, the order of finalizers and weak references.
#: a cycle waits for the collector
import gc
a = T('a'); a.me = a
del a
print('dropped')
print(gc.collect())
print('collected')
#: finalizers of a cycle in the order of their making
import gc
a, b, c = T('a'), T('b'), T('c')
a.o = b; b.o = c; c.o = a
del a, b, c
print('dropped')
print(gc.collect())
#: several cycles
import gc
for n in range(3):
    a, b = T(f'a{n}'), T(f'b{n}')
    a.o, b.o = b, a
a = b = None
gc.collect()
print('collected')
#: a tail behind a cycle
import gc
a = T('a'); a.me = a; a.tail = T('tail'); a.list = [T(1), T(2)]
del a
gc.collect()
print('collected')
#: list in itself
import gc
l = [T('t')]; l.append(l)
del l
print('dropped')
print(gc.collect() > 0)
#: function in its own closure
import gc
def make():
    t = T('t')
    def f():
        return f, t
    return f
make()
print('dropped')
gc.collect()
print('collected')
#: class goes
import gc
class M(type):
    pass
def make():
    class K(metaclass=M):
        t = T('attribute')
make()
print('dropped')
gc.collect()
print('collected')
#: resurrection by refcount
saved = []
class R:
    def __del__(self):
        print('del R')
        saved.append(self)
r = R()
r.t = T('t')
del r
print('resurrected', len(saved))
saved.clear()
print('gone')
#: resurrection from a cycle
import gc
saved = []
class R:
    def __del__(self):
        print('del R')
        saved.append(self)
r = R()
r.me = r
r.t = T('t')
del r
gc.collect()
print('resurrected', len(saved), saved[0].me is saved[0])
saved.clear()
print('dropped')
gc.collect()
print('collected')
#: only a part of a cycle is resurrected
import gc
saved = []
class R:
    def __init__(self, name): self.name = name
    def __del__(self):
        print('del', self.name)
        if self.name == 'a': saved.append(self)
a, b = R('a'), R('b')
a.o, b.o = b, a
del a, b
gc.collect()
print(saved[0].o.name)
saved.clear()
gc.collect()
print('end')
#: a finalizer that makes more garbage
class G:
    def __init__(self, n): self.n = n
    def __del__(self):
        print('del', self.n)
        if self.n: G(self.n - 1)
G(3)
print('end')
#: a finalizer that drops others
class D:
    def __del__(self):
        print('del D begins')
        others.clear()
        print('del D ends')
others = [T(1), T(2)]
d = D()
del d
print('end')
#: a finalizer that collects
import gc
class D:
    def __del__(self):
        print('begin')
        gc.collect()
        print('end')
a = T('cyclic'); a.me = a
del a
d = D()
del d
print('after')
#: a finalizer that stores into its dying object
class D:
    def __del__(self):
        self.t = T('late')
        print('stored')
D()
print('after')
#: a finalizer that replaces an attribute
class D:
    def __init__(self): self.t = T('early')
    def __del__(self):
        self.t = T('late')
        print('stored')
D()
print('after')
#: a finalizer in a cycle that breaks it
import gc
class D:
    def __init__(self, name): self.name = name
    def __del__(self):
        print('del', self.name)
        self.o = None
a, b = D('a'), D('b')
a.o, b.o = b, a
del a, b
gc.collect()
print('end')
#: chain of a thousand
class L:
    count = 0
    def __init__(self, next): self.next = next
    def __del__(self): L.count += 1
l = None
for n in range(1000):
    l = L(l)
print(L.count)
l = None
print(L.count)
#: deleted attribute breaks a cycle
a, b = T('a'), T('b')
a.o, b.o = b, a
del a.o
del a
print('-')
del b
print('end')
#: counts
import sys
a = T('a')
print(sys.getrefcount(a))
b = a
print(sys.getrefcount(a))
l = [a, a]
print(sys.getrefcount(a))
del b, l
print(sys.getrefcount(a))
def f(x): return sys.getrefcount(x)
print(f(a))
#: objects alive at the end
a = T('a')
b = T('b')
c = [T('c')]
print('end of program')
#: gc module
import gc
print(gc.isenabled())
gc.disable(); print(gc.isenabled()); gc.enable()
print(gc.get_threshold())
gc.set_threshold(500, 5, 5); print(gc.get_threshold())
print(gc.is_tracked([]), gc.is_tracked('a'), gc.is_tracked(1), gc.is_tracked(T('x')))
print(gc.garbage, gc.get_debug())
a = T('a')
print(gc.is_finalized(a))
print([type(x).__name__ for x in gc.get_referents([a, 1, 'x'])])
l = [a]
print(l in gc.get_referrers(a))
print(any(x is a for x in gc.get_objects()))
del l
print('end')
#: gc callbacks
import gc
def told(phase, info):
    print(phase, sorted(info))
gc.callbacks.append(told)
gc.collect()
gc.callbacks.remove(told)
gc.collect()
print('end')
