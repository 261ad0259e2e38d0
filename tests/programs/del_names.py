# del of names, attributes, items and slices; what is left afterwards.
a = b = [1]
del a
print(b, "a" in globals())
def f():
    x = 1
    del x
    try:
        x
    except UnboundLocalError as e:
        print(e)
    x = 2
    return x
print(f())
def loop():
    out = []
    for i in range(3):
        if i:
            del i
        try:
            out.append(i)
        except UnboundLocalError:
            out.append("deleted")
    return out
print(loop())
def param(p, q=2):
    del p
    return "p" in locals(), locals()
print(param(1))
def conditional(flag):
    v = 1
    if flag:
        del v
    return v
for flag in (False, True):
    try:
        print(conditional(flag))
    except UnboundLocalError as e:
        print(type(e).__name__, e)
class C:
    k = 1
    keep = k
    del k
    def __delattr__(self, n): print("delattr", n); super().__delattr__(n)
    def __delitem__(self, k): print("delitem", k)
c = C()
c.x = c.y = 1
del c.x, c["item"], c[1:2], c[...], c[1, 2:3]
print(c.__dict__, hasattr(C, "k"), C.keep)
d = {"a": 1, "b": {"c": 2}}
l = [1, 2, 3, 4, 5]
del d["a"], d["b"]["c"], l[0], l[-1:], (l[0]), [l[0]]
print(d, l)
for bad in ("del d['zz']", "del l[9]", "del c.nope", "del nope", "del d.x", "del (1).real", "del 'abc'[0]", "del (1, 2)[0]", "del len.__name__", "del C.nope", "del int.real", "del {1}[0]", "del None.x", "del l['a']"):
    try:
        exec(bad, {"d": d, "l": l, "c": c, "C": C})
    except Exception as e:
        print(bad, "->", type(e).__name__, e)
def enclosing():
    v = [1]
    def inner():
        nonlocal v
        del v
    inner()
    try:
        return v
    except NameError as e:
        return f"{type(e).__name__} {e}"
print(enclosing())
def glob():
    global made
    made = 1
    del made
    return "made" in globals()
print(glob())
for n in [1, 2]:
    pass
del n
try:
    n
except NameError as e:
    print(e)
m = [1, 2, 3]
del m[:]
m += [4]
print(m)
class E:
    def __init__(self): self.v = 1
e = E()
E.v = "class"
del e.v
print(e.v)
try:
    del e.v
except AttributeError as x:
    print(x)
