# range objects.
for r in (
    range(5), range(2, 5), range(0, 10, 3), range(10, 0, -3), range(0), range(5, 2),
    range(-3, 3), range(0, -5, -1), range(0, 10, 100), range(2**62, 2**62 + 3),
    range(2**64, 2**64 + 6, 2),
):
    print(r, len(r), list(r), r[::-1], r[1:], bool(r), list(reversed(r)), 3 in r, 0 in r, r == range(0, 10, 3))
r = range(10, 100, 7)
print(r[0], r[-1], r[3], r[2:5], r[::2], r.start, r.stop, r.step)
print(r.index(17), r.count(17), r.count(18), 17.0 in r, "a" in r, 17.5 in r)
print(hash(range(0)) == hash(range(5, 5)), range(0) == range(5, 2))
print(range(0, 3, 2) == range(0, 4, 2), range(3) == [0, 1, 2], range(True, 3))
print(sum(range(101)), max(range(5)), min(range(5, 9)), list(range(3)) + list(range(3)))
print(tuple(range(3)), list(zip(range(3), range(3, 6))), [*range(3)], repr(range(1, 5, 1)))
print(repr(range(0, 5, 2)), range(10)[3], range(10)[-1], range(10)[2:8:3], range(10)[8:2:-2])
class Ix:
    def __index__(self):
        return 3
print(range(Ix()), list(range(Ix())), range(10)[Ix()])
for f in (
    lambda: range(1.0),
    lambda: range("a"),
    lambda: range(),
    lambda: range(1, 2, 0),
    lambda: range(1, 2, 3, 4),
    lambda: range(3)[3],
    lambda: range(3)[-4],
    lambda: range(3)["a"],
    lambda: range(3).index(5),
    lambda: range(3) + range(3),
    lambda: range(3) < range(4),
    lambda: range(None),
    lambda: range(0, 5, 1.5),
    lambda: range(3).index("a"),
    lambda: next(range(3)),
    lambda: range(3)[::0],
    lambda: range(5).append(1),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
def assign():
    range(3)[0] = 1
def attr():
    range(3).start = 1
for f in (assign, attr):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
it = iter(range(3))
print(next(it), next(it), next(it), next(it, None), list(it))
n = 0
for i in range(3):
    i = 10
    n += i
print(n, i)
for i in range(0):
    pass
print(i)
total = 0
for i in range(10, 0, -1):
    for j in range(i, 10, 2):
        if j == 7:
            continue
        if i == 2:
            break
        total += i * j
print(total)
stop = 3
for i in range(stop):
    stop = 10
print(i, stop)
