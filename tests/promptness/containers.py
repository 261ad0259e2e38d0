# Containers: items replaced, removed, cleared, and containers that die.
#: list dies
l = [T(1), T(2), T(3)]
print('made')
del l
#: tuple dies
t = (T(1), T(2), T(3))
del t
#: dict dies
d = {'a': T(1), 'b': T(2), 3: T(3)}
del d
#: dict keys die
d = {T(1): 'a', T(2): 'b'}
del d
#: set item dies
s = {T(1)}
s.clear()
print('cleared')
#: list item replaced
l = [T(1), T(2)]
l[0] = T(3)
print('replaced')
l[-1] = None
print('end')
#: pop and drop
l = [T(1), T(2), T(3)]
l.pop()
print('popped')
x = l.pop(0)
print('kept', x.name)
x = None
print('-')
#: remove, del item, del slice
l = [T(1), T(2), T(3), T(4)]
del l[0]
print('one')
del l[1:]
print('slice')
#: slice assignment
l = [T(1), T(2), T(3), T(4)]
l[1:3] = [T('new')]
print(len(l))
#: list clear
l = [T(1), T(2), T(3)]
l.clear()
print(l)
#: list extended by itself
l = [T(1)]
l += l
print(len(l))
l.pop()
print('one left')
l.pop()
#: dict value replaced
d = {'k': T(1)}
d['k'] = T(2)
print('replaced')
d.pop('k')
print('popped')
#: dict clear and update
d = {'a': T(1), 'b': T(2)}
d.update(a=T(3))
print('updated')
d.clear()
print('cleared')
#: popitem, setdefault
d = {'a': T(1), 'b': T(2)}
d.setdefault('a', T('unused'))
print('-')
print(d.popitem()[0])
print('end')
#: del in a dict
d = {'a': T(1), 'b': T(2)}
del d['a']
print('-')
del d
#: nested containers die depth first
l = [T(1), [T(2), {'k': T(3)}], T(4)]
del l
print('end')
#: attributes die in the order of their making
class O: pass
o = O()
o.a = T('a'); o.b = T('b'); o.c = T('c')
del o
print('end')
#: attribute replaced and deleted
class O: pass
o = O()
o.a = T(1)
o.a = T(2)
print('-')
del o.a
print('end')
#: slots die
class S:
    __slots__ = ('x', 'y')
s = S()
s.x = T('x'); s.y = T('y')
del s
#: an object dies before what it holds
class O(T): pass
o = O('outer')
o.inner = O('inner')
o.inner.leaf = T('leaf')
del o
#: tree, depth first
class N(T):
    def __init__(self, name, *children):
        super().__init__(name)
        self.children = children
n = N('root', N('a', T('a1'), T('a2')), N('b', T('b1')))
del n
#: list comprehension temporary
print([T(n).name for n in range(3)])
#: sorted with keys
print([t.name for t in sorted([T(2), T(1)], key=lambda t: t.name)])
print('after')
#: map and filter
m = map(T, [1, 2])
print(next(m).name)
print('-')
print(next(m).name)
#: zip drops its pairs
for a, b in zip([T(1), T(2)], [T(3), T(4)]):
    print(a.name, b.name)
a = b = None
#: dict views
d = {'a': T(1)}
v = d.values()
d = None
print('view holds')
v = None
print('end')
#: iterator holds its list
i = iter([T(1), T(2)])
print(next(i).name)
del i
print('end')
#: iterator at its end lets go
i = iter([T(1)])
for _ in i: print('turn')
_ = None
print('end')
#: object with many attributes
class O: pass
o = O()
for n in range(12):
    setattr(o, f'a{n}', T(n))
o = None
#: reversed list dies in its order
l = [T(1), T(2), T(3)]
l.reverse()
l = None
#: insert then die
l = [T(2)]
l.insert(0, T(1))
l = None
#: what an instance holds dies in the order of its attributes
class H: pass
def holder(n, *names):
    h = H()
    for i, name in enumerate(names):
        setattr(h, name, T(n + i))
    return h
h = holder(1, 'a', 'b', 'c', 'd')
print('made')
del h
print('-')
outer = H()
outer.first = holder(10, 'a', 'b', 'c')
outer.second = holder(20, 'a', 'b', 'c')
outer.third = holder(30, 'a', 'b', 'c')
del outer
print('end')
#: what holders hold dies before other holders do
class Pair:
    def __init__(self, *items): self.a, self.b, self.c = items
p = Pair(Pair(T(1), T(2), T(3)), Pair(T(4), None, T(5)), Pair(None, T(6), T(7)))
q = [p, Pair(T(8), T(9), p)]
del p
print('one')
del q
print('end')
