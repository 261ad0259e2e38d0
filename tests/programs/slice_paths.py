# Slices of lists and tuples: bounds of all kinds, read and assigned.
items = list(range(7))
bounds = [None, 0, 1, 3, 7, 9, -1, -3, -7, -9, 10**20, -10**20]
for step in (None, 1, 2, -1, -2, 3, -3, 10**20, -10**20):
    print(step, [items[a:b:step] for a in bounds for b in bounds])
    t = tuple(items)
    assert all(list(t[a:b:step]) == items[a:b:step] for a in bounds for b in bounds)
    assert all(list("0123456"[a:b:step]) == [str(i) for i in items[a:b:step]] for a in bounds for b in bounds)
try:
    items[::0]
except ValueError as e:
    print(e)
for wrong in ("x", 1.5, [1]):
    try:
        items[wrong:]
    except TypeError as e:
        print(e)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


print(items[Index(1):Index(-1)], items[True:])
t = tuple(items)
print(t[:] is t, items[:] is items, items[:] == items, t[0:7] is t)

x = [0, 1, 2, 3, 4, 5]
x[1:3] = ["a", "b"]
print(x)
x[::2] = (7, 8, 9)
print(x)
x[::-1] = [1, 2, 3, 4, 5, 6]
print(x)
x[:] = x
print(x)
x[2:4] = x[4:6]
print(x)
x[1:2] = [10, 11, 12]
print(x)
x[1:4] = ()
print(x)
x[100:] = [9]
print(x)
x[0:0] = "ab"
print(x)
for wrong in ([1], [1, 2, 3, 4, 5]):
    try:
        x[::3] = wrong
    except ValueError as e:
        print(e)
try:
    x[0:1] = 5
except TypeError as e:
    print(e)
try:
    (1, 2)[0:1] = [1]
except TypeError as e:
    print(e)
nothing = None
try:
    nothing[1:2]
except TypeError as e:
    print(e)


class Log:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        print(key, value)


log = Log()
print(log[1:2], log[:], log["a"::None], log[1:2, ::3])
log[1:2] = 3
log[:, 1] = 4
try:
    log[::2] += 1
except TypeError as e:
    print(e)


class Sub(list):
    def __getitem__(self, key):
        return "sub", key


print(Sub([1, 2])[0:1], type(list.__getitem__(Sub([1, 2]), slice(0, 1))))

# The order in which the parts are evaluated.
def say(x):
    print("say", x)
    return x


q = [1, 2, 3]
q[say(0):say(1)] = [say("value")]
print(q[say(0):say(2):say(1)])

for i, (a, b) in enumerate([(1, 2), (3, 4)]):
    print(i, a, b)
for pair in enumerate("ab", 10**20):
    print(pair)
pairs = list(enumerate(["x", "y"]))
for p in enumerate(pairs):
    i, q = p
    print(p, i, q)
e = enumerate(items)
print(next(e), [p for p in e][:2], next(e, "end"))
