# Weak references: cleared when, called back when, in which order.
#: cleared at once
import weakref
a = T('a')
r = weakref.ref(a)
print(r() is a)
del a
print(r())
#: called back after the finalizer
import weakref
a = T('a')
r = weakref.ref(a, lambda r: print('told', r()))
del a
print('after')
#: the newest is told first
import weakref
a = T('a')
rs = [weakref.ref(a, lambda r, n=n: print('told', n)) for n in range(3)]
del a
print('after')
#: a dead reference is not told
import weakref
a = T('a')
r = weakref.ref(a, lambda r: print('told'))
del r
del a
print('after')
#: attributes are there while the callback runs
import weakref
a = T('a')
a.t = T('attribute')
r = weakref.ref(a, lambda r: print('told'))
del a
print('after')
#: one reference without callback per object
import weakref
a = T('a')
print(weakref.ref(a) is weakref.ref(a))
r = weakref.ref(a)
print(weakref.getweakrefcount(a), weakref.getweakrefs(a) == [r])
print(weakref.ref(a, print) is r)
#: equality and hash
import weakref
class H(T):
    def __eq__(self, o): return isinstance(o, H) and self.name == o.name
    def __hash__(self): return hash(self.name)
a, b = H('x'), H('x')
r, s = weakref.ref(a), weakref.ref(b)
print(r == s, hash(r) == hash('x'))
del a
print(r == s, r == r, hash(r) == hash('x'))
del b
try:
    hash(s)
except TypeError as e:
    print(e)
#: what can't be referenced
import weakref
for x in (1, 'a', [], (), {}, None, object()):
    try:
        weakref.ref(x)
    except TypeError as e:
        print(e)
class S: __slots__ = ('a',)
try:
    weakref.ref(S())
except TypeError as e:
    print(e)
class W: __slots__ = ('a', '__weakref__')
print(weakref.ref(W())())
class L(list): pass
l = L()
print(weakref.ref(l)() is l)
def f(): pass
print(weakref.ref(f)() is f, weakref.ref(T)() is T)
#: a callback that raises
import weakref, sys
class Quiet:
    def write(self, text): pass
    def flush(self): pass
def bad(r):
    print('bad')
    raise ValueError
keep, sys.stderr = sys.stderr, Quiet()
a = T('a')
r = weakref.ref(a, bad)
del a
sys.stderr = keep
print('after')
#: resurrected before the callback
import weakref
saved = []
class R:
    def __del__(self):
        print('del')
        saved.append(self)
a = R()
r = weakref.ref(a, lambda r: print('told'))
del a
print(r() is saved[0])
saved.clear()
print('after', r())
#: in a cycle: cleared before finalizers run
import weakref, gc
class C:
    def __del__(self): print('del', r())
a = C(); a.me = a
r = weakref.ref(a, lambda r: print('told'))
del a
gc.collect()
print('after')
#: references inside the garbage are not told
import weakref, gc
a = T('a'); a.me = a
a.r = weakref.ref(a, lambda r: print('told'))
del a
gc.collect()
print('after')
#: cleared although resurrected from a cycle
import weakref, gc
saved = []
class R:
    def __del__(self):
        saved.append(self)
        print('del', r())
a = R(); a.me = a
r = weakref.ref(a)
del a
gc.collect()
print(r(), len(saved))
saved.clear()
gc.collect()
#: proxy
import weakref
a = T('a')
p = weakref.proxy(a)
print(p.name)
p.x = 5
print(a.x)
del a
try:
    p.name
except ReferenceError as e:
    print(e)
#: proxy of a container
import weakref
class L(list): pass
l = L([1, 2, 3])
p = weakref.proxy(l)
print(len(p), p[1], 2 in p, list(p), p + [4], bool(p), str(p))
p.append(4)
print(l)
#: WeakValueDictionary
import weakref
d = weakref.WeakValueDictionary()
a, b = T('a'), T('b')
d['a'] = a; d['b'] = b
print(sorted(d), len(d))
del a
print(sorted(d), len(d), 'a' in d)
d['b2'] = b
del b
print(len(d), d.get('b'), list(d.items()))
#: WeakKeyDictionary
import weakref
d = weakref.WeakKeyDictionary()
a, b = T('a'), T('b')
d[a] = 1; d[b] = 2
print(len(d), d[a])
del a
print(len(d), [k.name for k in d])
del b
print(len(d))
#: WeakSet
import weakref
s = weakref.WeakSet()
a, b = T('a'), T('b')
s.add(a); s.add(b); s.add(a)
print(len(s), a in s)
del a
print(len(s), [t.name for t in s])
del b
print(len(s))
#: WeakMethod
import weakref
class M(T):
    def m(self): return self.name
a = M('a')
r = weakref.WeakMethod(a.m, lambda r: print('told'))
print(r()())
del a
print(r())
#: finalize
import weakref
a = T('a')
f = weakref.finalize(a, print, 'finalized', 1)
print(f.alive)
del a
print(f.alive, f())
#: finalize called early, and at exit
import weakref
a, b, c = T('a'), T('b'), T('c')
f = weakref.finalize(a, print, 'early')
weakref.finalize(b, print, 'at exit b')
weakref.finalize(c, print, 'at exit c')
f()
print(f.alive)
del a
print('end of program')
#: values that die while iterating
import weakref
d = weakref.WeakValueDictionary()
keep = [T(n) for n in range(4)]
for t in keep: d[t.name] = t
t = None
seen = []
for k in d:
    seen.append(k)
    keep.clear()
print(seen, len(d))
#: subclass of ref
import weakref
class K(weakref.ref):
    def __new__(cls, o, callback=None, key=None):
        r = super().__new__(cls, o, callback)
        r.key = key
        return r
    def __init__(self, o, callback=None, key=None):
        super().__init__(o, callback)
a = T('a')
r = K(a, lambda r: print('told', r.key), 'k')
print(r() is a, r.key, type(r).__name__)
del a
print(r())
#: references to a generator
import weakref
def g(): yield
i = g()
r = weakref.ref(i, lambda r: print('told'))
del i
print('after')
#: reference to a bound method dies at once
import weakref
class M(T):
    def m(self): pass
a = M('a')
print(weakref.ref(a.m)())
#: callback that drops another watched object
import weakref
a, b = T('a'), T('b')
hold = [b]
del b
rb = weakref.ref(hold[0], lambda r: print('b told'))
ra = weakref.ref(a, lambda r: (print('a told'), hold.clear(), print('cleared')))
del a
print('after')
#: a table that nobody has dies with its entries
import weakref
a = T('a')
class V(weakref.WeakValueDictionary):
    def __del__(self): print('del table', len(self))
class K(weakref.WeakKeyDictionary):
    def __del__(self): print('del table', len(self))
class S(weakref.WeakSet):
    def __del__(self): print('del table', len(self))
d = V(a=a); k = K({a: 1}); s = S([a])
r = [weakref.ref(d, lambda r: print('V told')), weakref.ref(k, lambda r: print('K told')), weakref.ref(s, lambda r: print('S told'))]
watched = T('value of a table')
d.held = watched
del watched, d
print('-')
del k, s
print('end')
