# Containers changed by the __eq__, __lt__, __hash__ and __repr__ of what is in them.
def t(name, f):
    try: r = f(); print(name, type(r).__name__)
    except Exception as e: print(name, type(e).__name__, e)
class K:
    def __init__(self, n, act=None): self.n, self.act = n, act
    def __hash__(self): return 1
    def __eq__(self, other):
        if K.action: a, K.action = K.action, None; a()
        return isinstance(other, K) and self.n == other.n
    def __lt__(self, other):
        if K.action: a, K.action = K.action, None; a()
        return self.n < other.n
    def __repr__(self):
        if K.action: a, K.action = K.action, None; a()
        return 'K%d' % self.n
K.action = None
def fresh():
    global d, s, l
    K.action = None
    d = {K(i): i for i in range(6)}
    s = {K(i) for i in range(6)}
    l = [K(i) for i in range(6)]
def grow_d():
    for i in range(100, 140): d[i] = i
def clear_d(): d.clear()
def grow_s(): s.update(range(100, 140))
def clear_s(): s.clear()
def clear_l(): l.clear()
def grow_l(): l.extend(range(100, 140))
def run(name, action, f):
    fresh()
    K.action = action
    t(name + ' ' + action.__name__, f)
    K.action = None
    print('   ', len(d), len(s), len(l))
for action in (grow_d, clear_d):
    run('get', action, lambda: d[K(3)])
    run('get missing', action, lambda: d.get(K(99)))
    run('set', action, lambda: d.__setitem__(K(3), 5))
    run('set new', action, lambda: d.__setitem__(K(77), 5))
    run('del', action, lambda: d.__delitem__(K(3)))
    run('pop', action, lambda: d.pop(K(3), None))
    run('setdefault', action, lambda: d.setdefault(K(55), 1))
    run('in', action, lambda: K(4) in d)
    run('update', action, lambda: d.update({K(2): 3, K(44): 5}))
    run('or', action, lambda: d | {K(2): 3, K(44): 5})
    run('ior', action, lambda: d.__ior__({K(2): 3, K(44): 5}))
    run('eq', action, lambda: d == {K(i): i for i in range(6)})
    run('keys and', action, lambda: d.keys() & {K(1): 1, K(2): 2}.keys())
    run('items in', action, lambda: (K(3), 3) in d.items())
    run('repr', action, lambda: repr(d))
    run('copy', action, lambda: dict(d))
    run('fromkeys', action, lambda: dict.fromkeys([K(1), K(1), K(2)]))
for action in (grow_s, clear_s):
    run('s in', action, lambda: K(3) in s)
    run('s add', action, lambda: s.add(K(3)))
    run('s add new', action, lambda: s.add(K(33)))
    run('s discard', action, lambda: s.discard(K(3)))
    run('s remove', action, lambda: s.remove(K(3)))
    run('s and', action, lambda: s & {K(1), K(2)})
    run('s or', action, lambda: s | {K(1), K(2)})
    run('s sub', action, lambda: s - {K(1), K(2)})
    run('s xor', action, lambda: s ^ {K(1), K(22)})
    run('s isub', action, lambda: s.__isub__({K(1), K(2)}))
    run('s iand', action, lambda: s.__iand__({K(1), K(2)}))
    run('s ixor', action, lambda: s.__ixor__({K(1), K(22)}))
    run('s eq', action, lambda: s == {K(i) for i in range(6)})
    run('s le', action, lambda: s <= {K(i) for i in range(9)})
    run('s lt', action, lambda: {K(i) for i in range(5)} < s)
    run('s isdisjoint', action, lambda: s.isdisjoint({K(44)}))
    run('s update', action, lambda: s.update([K(1), K(44)]))
    run('s intersection_update', action, lambda: s.intersection_update([K(1), K(44)]))
    run('s repr', action, lambda: repr(s))
    run('s frozen', action, lambda: frozenset(s))
for action in (grow_l, clear_l):
    run('l index', action, lambda: l.index(K(3)))
    run('l in', action, lambda: K(3) in l)
    run('l count', action, lambda: l.count(K(3)))
    run('l remove', action, lambda: l.remove(K(3)))
    run('l repr', action, lambda: repr(l))
    run('l sort', action, lambda: l.sort())
    run('l sort rev', action, lambda: l.sort(reverse=True))
    run('l sorted', action, lambda: sorted(l))
    run('l eq', action, lambda: l == [K(i) for i in range(6)])
    run('l lt', action, lambda: l < [K(i) for i in range(6)])
    run('l max', action, lambda: max(l))
    run('l join', action, lambda: ''.join(map(repr, l)))
    run('l extend', action, lambda: l.extend(repr(x) for x in l[:3]))
    run('l set', action, lambda: set(l))
    run('l slice', action, lambda: l.__setitem__(slice(1, 3), (repr(x) for x in l[:4])))
    run('l sort key', action, lambda: l.sort(key=lambda k: repr(k)))
    run('l format', action, lambda: '%s %r' % (l, l))
    run('t repr', action, lambda: repr(tuple(l)))
    run('zip', action, lambda: [repr(x) for x in l])
