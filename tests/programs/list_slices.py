# Slices of lists: reading, assigning, deleting, extended steps.
l = list(range(10))
for sl in ((None, None), (2, 5), (-3, None), (None, -3), (5, 2), (100, 200), (-100, 3), (3, -100), (0, 0)):
    print(sl, l[sl[0]:sl[1]], l[sl[0]:sl[1]:2], l[sl[0]:sl[1]:-1], l[sl[0]:sl[1]:-3])
def do(start, code):
    l = list(start)
    try:
        exec(code, {"l": l})
    except Exception as e:
        print(code, "->", type(e).__name__, e, l)
    else:
        print(code, l)
five = (0, 1, 2, 3, 4)
for code in (
    "l[1:3] = 'xyz'", "l[1:3] = []", "l[1:1] = [9, 9]", "l[:] = []", "l[5:] = [5]",
    "l[-1:] = (7, 8)", "l[3:1] = ['m']", "l[::2] = 'abc'", "l[::-1] = range(5)",
    "l[4:0:-2] = 'pq'", "l[::2] = 'ab'", "l[::2] = []", "l[1:2] = 5", "l[::2] = 5",
    "l[1:3] = l", "l[::1] = 'z'", "l[100:] = 'end'", "l[:-100] = 'start'", "l[1:4:0] = 'x'",
    "l['a':] = []", "del l[1:3]", "del l[::2]", "del l[::-2]", "del l[:]", "del l[3:1]",
    "del l[1:100:3]", "del l[100:]", "del l[4::-1]", "l[1:3] *= 2", "l[0:2] += [8]",
    "l[slice(1, 3)] = [0]", "l[1:3] = (x for x in 'gen')", "l[:0] = {'k': 1}", "l[True:] = []",
    "l[1.0:2] = []",
):
    do(five, code)
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(5), slice(None), slice(1, 2), slice(1, 2) == slice(1, 2))
print(s.indices(5), slice(None, None, -1).indices(4), slice(-3, None).indices(10), l[s])
class Rec:
    def __getitem__(self, k):
        return k
    def __setitem__(self, k, v):
        print("set", k, v)
    def __delitem__(self, k):
        print("del", k)
r = Rec()
print(r[1], r[1:2], r[::], r[1:2, 3], r[...], r[:, ::2], r["a":"b"], r[()], r[-1], r[1,])
r[1:2] = 5
r[:, 0] = 6
del r[::2]
r[0] = r["x"] = 7
