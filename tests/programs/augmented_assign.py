# Augmented assignment to names, attributes, items and slices; in place or not.
x = 5
x += 2; x -= 1; x *= 3; x //= 2; x **= 2; x %= 50; x <<= 2; x >>= 1; x |= 1; x &= 0xFF; x ^= 3
print(x)
x /= 4
print(x)
s = "a"; t = s; s += "b"; print(s, t)
l = [1]; m = l; l += [2]; l += "xy"; l *= 2; print(m, l is m)
tup = (1,); u = tup; tup += (2,); print(tup, u)
d = {"n": 1, "l": []}; d["n"] += 1; d["l"] += [5]; d["l"] *= 2; print(d)
st = {1}; sv = st; st |= {2}; st -= {1}; print(sv)
class O: n = 10
o = O(); o.n += 1; print(o.n, O.n, o.__dict__)
O.n *= 2; print(o.n, O.n)
g = [[0] * 3 for _ in range(2)]
g[1][2] += 5; g[0][-1] -= 1; print(g)
l = list(range(6)); l[1:3] += [9]; print(l)
l[::2] *= 1; print(l)
t = ([1], 2)
try:
    t[0] += [3]
except TypeError as e:
    print(e, t)
def loc():
    n = 0
    for i in range(5):
        n += i
    return n
print(loc())
b = True; b += 1; print(b)
f = 1.5; f //= 0.4; print(f); f %= 0.7; print(f)
n = 2**62; n += 2**62; n *= 2; print(n); n -= 2**64; print(n)
n = 10; n **= -1; print(n)
def missing_key(): d["zz"] += 1
def missing_attr(): o.zz += 1
def missing_index(): l[100] += 1
def str_item():
    s = "abc"
    s[0] += "x"
def none_add():
    v = None
    v += 1
def list_int():
    v = []
    v += 1
def list_add_none():
    v = [1]
    v += None
def str_int():
    v = "a"
    v += 1
def tuple_list():
    v = (1,)
    v += [2]
def unb(): zz += 1
def list_mul():
    v = [1]
    v *= "a"
def dict_or():
    v = {}
    v |= 5
def set_or():
    v = {1}
    v |= [1]
def int_shift():
    v = 1
    v <<= -1
def modulo():
    v = 1
    v %= 0
for fn in (
    missing_key, missing_attr, missing_index, str_item, none_add, list_int, list_add_none,
    str_int, tuple_list, unb, list_mul, dict_or, set_or, int_shift, modulo,
):
    try:
        fn()
    except Exception as e:
        print(fn.__name__, type(e).__name__, e)


# What multiplies with a sequence on the right: with `*=` only what is nothing like a sequence itself asks it.
class Plain:
    pass


for left in [{}, {1}, frozenset(), {}.keys(), {}.values(), {}.items(), range(3), Plain(), 2.5, None, iter([]), len]:
    for right in ['s', [1], (2,)]:
        try:
            left *= right
        except TypeError as e:
            print(e)
        try:
            left * right
        except TypeError as e:
            print(e)
