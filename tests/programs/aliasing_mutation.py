# What is shared and what is copied: arguments, defaults, slices, containers in containers, mutation in loops.
a = [1, [2, 3]]
b, c, d = a, a[:], list(a)
b.append("b"); c[1].append("c"); d[0] = "d"
print(a, b, c, d, a is b, a[1] is c[1] is d[1])
def mutate(l, s, n, t):
    l.append(1); s += "x"; n += 1; t += (1,)
    l = ["new"]
    return l, s, n, t
l, s, n, t = [], "s", 0, ()
print(mutate(l, s, n, t), l, s, n, t)
m = [[0] * 2] * 2; m[0][0] = 9; print(m)
m = [[0] * 2 for _ in range(2)]; m[0][0] = 9; print(m)
d1 = {"k": []}; d2 = d1.copy(); d3 = dict(d1); d2["k"].append(1); d3["j"] = 2; print(d1, d2, d3)
d = dict.fromkeys("ab", []); d["a"].append(1); print(d)
t = ([],) * 2; t[0].append(1); print(t)
x = [1, 2, 3]; x[1:2] = x; print(x); x[:] = x[::-1]; print(x)
x = [1, 2]; x.append(x); print(x, x[2][2][0], len(x), x[2] is x)
x = []; x += x; x.extend(x); x = [1]; x += x; print(x); x.extend(i * 10 for i in x[:]); print(x)
def gen_alias():
    buf = []
    for i in range(3):
        buf.append(i)
        yield buf
print(list(gen_alias()), [list(v) for v in gen_alias()])
rows = []; row = []
for i in range(3):
    row.append(i); rows.append(row)
print(rows, rows[0] is rows[2])
class C:
    shared = {}
    def __init__(self, own=[]): self.own = own
p, q = C(), C()
p.own.append(1); p.shared["k"] = 1; p.shared = {"hidden": 1}
print(q.own, q.shared, C.shared, p.shared)
k = (1, [2]); k2 = k + (3,); k[1].append("seen"); print(k2)
e = {"l": [1]}; f = {**e}; f["l"].append(2); g = e | {}; g["l"].append(3); print(e, f is e)
it = iter(l := [1, 2, 3]); next(it); l.insert(0, 0); print(list(it))
z = [0] * 3
for i, z[i] in enumerate("abc"): pass
print(z)
stack = [1]
for v in stack:
    if v < 40: stack += [v * 2, v * 3]
print(stack)
s1 = s2 = {1}; s1 |= {2}; s1 = s1 | {3}; print(sorted(s1), sorted(s2))
st = "abc"; sl = st; st += "d"; print(st, sl)
fn = [].append; fn(1); print(fn.__self__); bound = "x".join; print(bound("ab"))
swap = [1, 2, 3]; swap[0], swap[2] = swap[2], swap[0]; print(swap)
del swap[:]; print(swap, [] is not swap, () == ())
nest = {}; nest["self"] = nest; print(nest["self"]["self"] is nest, nest, len(nest))
