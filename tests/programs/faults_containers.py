# Lists, tuples, dicts, sets, their methods, slices, comprehensions, sorting.
class Key:
    def __init__(self, n): self.n = n
    def __hash__(self): return self.n % 4
    def __eq__(self, other): return isinstance(other, Key) and self.n == other.n
    def __repr__(self): return f'K{self.n}'
    def __lt__(self, other): return self.n > other.n
l = [i * 3 % 17 for i in range(40)]
l[3:10:2] = [100, 101, 102, 103]
del l[::5]
l.insert(4, 'x'); l.extend(range(1000, 1010)); l += (1, 2); l.remove('x')
print(l[::-1][:5], l.index(102), l.count(1), l.pop(), (l * 2)[len(l)], sorted(l, key=lambda n: -n)[:3], [*l[:2], *'ab'])
m = [Key(i * 7 % 11) for i in range(11)]
m.sort(); print(m); m.sort(key=lambda k: k.n, reverse=True); m.reverse(); print(m, min(m), Key(3) in m)
d = {Key(i): [i] for i in range(20)}
d.update({Key(i): i for i in range(15, 30)}); d |= {'a': 1}
e = dict(a=1, b=2, **{'c': 3})
print(len(d), d[Key(17)], d.get(Key(99), 'no'), d.pop(Key(2)), d.setdefault('new', []), e | {'z': 0}, list(e.items())[-1], e.popitem())
for k in list(d)[:10]: del d[k]
print(len(d), 'a' in d, d == dict(d.items()), sorted(map(str, d.keys()))[:4], {v: k for k, v in e.items()}, list(reversed(e)))
s = {Key(i) for i in range(10)} | {1, 2.5, 'x', (1, 2)}
t = frozenset([Key(3), 1, 'y'])
print(len(s), len(s & t), len(s - t), len(s ^ t), t <= s, s.isdisjoint([Key(77)]), len(s.union(range(50), 'abc')), {t: 1}[t])
s.discard(1); s.symmetric_difference_update({2.5, 'q'}); s -= {Key(0)}; print(len(s), s.pop() is not None, dict.fromkeys('abc', 0))
a, *b, (c, d2) = 1, 2, 3, (4, 5); print(a, b, c, d2, (1, 2) + (3,), (1, [2]) * 2, hash((1, 'a')) == hash((1, 'a')), divmod(-7, 2))
print(list(zip(range(3), 'abc', [1, 2, 3])), list(map(lambda x, y: x + y, [1, 2], [3, 4])), list(filter(None, [0, 1, 2])), list(enumerate('ab', 5)))
print(sum([[1], [2]], []), any(x > 2 for x in l), all([]), list(range(10, 0, -3)), slice(1, 5).indices(3), [[j for j in range(i)] for i in range(4)])
big = list(range(3000)); big[1000:1000] = big; print(len(big), len(set(big)), sum(big), big == list(big), big < big[1:], big.copy() is big)
