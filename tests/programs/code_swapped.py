# Functions that get other code while they run, and code that is run without what it needs.


def outer():
    x = 1

    def inner():
        return x

    return inner


inner = outer()


def tried(what, *args, **kwargs):
    try:
        print(what(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


tried(exec, inner.__code__)
tried(exec, inner.__code__, closure=())
tried(exec, inner.__code__, closure=(1,))
tried(exec, inner.__code__, closure=[1])
tried(exec, inner.__code__, closure=inner.__closure__)
tried(exec, "1", closure=inner.__closure__)
tried(exec, "1", closure=None)
tried(exec, compile("1", "x", "exec"), closure=())
tried(exec, compile("1", "x", "exec"), closure=None)
tried(eval, inner.__code__)


def shower():
    found = []

    def show():
        found.append("shown")

    return found, show


found, show = shower()
exec(show.__code__, {}, closure=show.__closure__)
print(found)


class Mapping:
    def __getitem__(self, key):
        raise KeyError(key)

    def __setitem__(self, key, value):
        if key == "pi":
            print("set", key)


exec("from math import *", {}, Mapping())


class Named(dict):
    def __setitem__(self, key, value):
        super().__setitem__("_" + key, value)


names = Named()
exec("from math import *", {}, names)
print("_pi" in names, "pi" in names)


def counts():
    a = "1"
    yield a + a
    yield a


def many():
    p = q = r = s = t = u = "x"
    x, y = [p + q, r + s]
    yield [x, y, p, q, r, s, t, u]
    yield [u, t, s]
    yield 7


begun, fresh = counts(), counts()
print(next(begun))
counts.__code__ = many.__code__
print(list(begun), list(fresh))
print(list(counts()))


async def waits():
    return "old"


async def other():
    a, b = ["n", "ew"]
    return a + b


waiting = waits()
waits.__code__ = other.__code__
for coroutine in (waiting, waits()):
    try:
        coroutine.send(None)
    except StopIteration as end:
        print(end.value)


def swaps(a, b):
    swaps.__code__ = (lambda a, b: 0).__code__
    x, *y = iter([str(a) + "1", str(b) + "2"])
    x, y = iter([x + "!", y])
    return x, y, a, b, sorted(locals())


print(swaps(1, 2))
print(swaps(1, 2))


def grows(a):
    grows.__code__ = wide.__code__
    return locals()


def wide(a, b=1, c=2, d=3, e=4, f=5, g=6, h=7):
    i = j = k = l = m = n = o = p = q = r = [a, b]
    return i, j, k, l, m, n, o, p, q, r


print(grows("only"))
