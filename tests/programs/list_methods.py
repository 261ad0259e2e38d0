# List methods and their errors.
def show(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, "->", type(e).__name__, e)

l = [3, 1, 2]
l.append(4); print(l)
l.extend((5, 6)); print(l)
l.extend("ab"); print(l)
l.extend(l); print(l)
l.insert(0, "first"); l.insert(100, "last"); l.insert(-1, "before last"); l.insert(-100, "very first"); print(l)
print(l.pop(), l.pop(0), l.pop(-1), len(l))
l.remove(3); print(l, l.count(3), l.index(3), l.index("a", 8), l.index(2, -9, -1))
c = l.copy(); c.clear(); print(c, len(l))
l.reverse(); print(l)
del l[3:]; print(l)
show("pop empty", lambda: [].pop())
show("pop range", lambda: [1].pop(5))
show("pop type", lambda: [1].pop("a"))
show("remove", lambda: [1].remove(2))
show("index", lambda: [1].index(2))
show("index bounds", lambda: [1, 2, 1].index(1, 1, 2))
show("append none", lambda: [].append())
show("append two", lambda: [].append(1, 2))
show("extend int", lambda: [].extend(5))
show("insert one", lambda: [].insert(1))
show("insert str", lambda: [].insert("a", 1))
show("get range", lambda: [1, 2][2])
show("get neg", lambda: [1, 2][-3])
show("get str", lambda: l["a"])
show("get float", lambda: l[1.0])
show("get none", lambda: l[None])
show("huge", lambda: l[2**70])
show("attr", lambda: [].push(1))
show("hash", lambda: hash([]))
show("call", lambda: l())
show("add tuple", lambda: [1] + (2,))
show("add none", lambda: [1] + None)
show("mul", lambda: [1] * 2.0)
show("mul list", lambda: [1] * [2])
show("list int", lambda: list(5))
show("list args", lambda: list([1], [2]))
show("in", lambda: 1 in [1.0, 2])
def set_range():
    l = [1]
    l[1] = 2
def del_range():
    l = [1]
    del l[-2]
def set_str():
    l = [1]
    l["a"] = 2
for f in (set_range, del_range, set_str):
    show(f.__name__, f)
print([1, 2] + [3], [1, 2] * 2, 2 * [0], [1] * 0, [1] * -5, [[]] * 3, list("abc"), list((1, 2)))
print(list({"k": 1}), list(range(3)), list())
shared = [[]] * 3
shared[0].append(1)
print(shared, shared[0] is shared[1])
a = [1, 2]
b = a
a += (3, 4)
print(a is b, b)
a = a + [5]
print(a is b, b)
a *= 2
print(a)
print([1, 2] == [1, 2], [1, 2] < [1, 3], [1] < [1, 0], [] < [0], [2] > [1, 9])
print([1, "a"] == [1, "a"], [1] == (1,), [1, 2] != [1], [1, 2] <= [1, 2], [[1], 2] == [[1.0], 2])
show("lt mixed", lambda: [1] < ["a"])
show("lt tuple", lambda: [1] < (1,))
show("lt differs early", lambda: [1, "a"] < [2, 5])
it = iter([1, 2, 3])
print(next(it), list(it), list(it), next(it, "done"))
l = [1, 2, 3]
for x in l:
    if x < 3:
        l.append(x + 10)
    if len(l) > 8:
        break
print(l)
l = [1, 2, 3, 4]
for x in l:
    l.remove(x)
print(l)

x = [1, 2]
for i in (10**30, -10**30, "a"):
    try:
        x.insert(i, 0)
    except (OverflowError, TypeError) as e:
        print(e)
x.insert(10**15, 3)
x.insert(-(10**15), 0)
print(x, x.index(2, -(10**30), 10**30))
