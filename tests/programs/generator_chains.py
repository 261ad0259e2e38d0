# Chains of delegations: however generators in them are resumed, it is as if each step went through all of them.
import sys


class Tree:
    def __init__(self, left, value, right):
        self.left, self.value, self.right = left, value, right

    def __iter__(self):
        if self.left:
            yield from self.left
        yield self.value
        if self.right:
            yield from self.right


def tree(values):
    if not values:
        return None
    i = len(values) // 2
    return Tree(tree(values[:i]), values[i], tree(values[i + 1:]))


print(list(tree(range(33))), sum(tree(range(100))), tuple(tree(range(5))))
print([x for x in tree(range(17))], max(tree(range(9))))


# values sent, returned, and thrown go all the way
def leaf(name):
    got = []
    try:
        while len(got) < 3:
            got.append((yield f"{name}{len(got)}"))
    except ValueError as e:
        got.append(repr(e))
        got.append((yield "caught"))
    return got


def middle(name):
    first = yield from leaf(name + "a")
    second = yield from leaf(name + "b")
    return first, second


def outer():
    result = yield from middle("x")
    yield result
    return "end"


g = outer()
print(next(g), g.send(1), g.send(2), g.send(3), g.throw(ValueError("v")))
print(g.send("after"))
try:
    g.send(None)
except StopIteration as e:
    print("returned", e.value)
try:
    next(g)
except StopIteration as e:
    print("again", e.value)


# somebody else resumes one in the middle
def count(n):
    for i in range(n):
        yield i
    return "counted"


def passes(inner, name):
    result = yield from inner
    yield name, result


inner = count(6)
m = passes(inner, "m")
o = passes(m, "o")
print(next(o), next(inner), next(o), next(m), next(o), next(inner), next(o))
print(list(o), list(m), list(inner))

inner = count(3)
m = passes(inner, "m")
o = passes(m, "o")
print(next(o), next(m), next(m), next(m))
try:
    print(next(o))
    print(next(o))
except StopIteration as e:
    print("stop", e.value)

# two delegate to the same
shared = count(5)
a, b = passes(shared, "a"), passes(shared, "b")
print(next(a), next(b), next(a), next(b), next(a), next(a), next(b))
print(list(a), list(b))

deep = count(4)
for name in "abcdef":
    deep = passes(deep, name)
print([next(deep) for _ in range(10)], list(deep))


# what is running can't be resumed, wherever it is in the chain
def again(get):
    yield "first"
    try:
        next(get())
    except ValueError as e:
        yield str(e)


c1 = again(lambda: c2)
c2 = passes(c1, 2)
c3 = passes(c2, 3)
print(next(c3), next(c3), list(c3))
c1 = again(lambda: c3)
c2 = passes(c1, 2)
c3 = passes(c2, 3)
print(list(c3))


def states(get):
    yield [x.gi_running for x in get()], [x.gi_suspended for x in get()]
    yield [x.gi_running for x in get()], [x.gi_suspended for x in get()]


s1 = states(lambda: (s1, s2, s3))
s2 = passes(s1, 2)
s3 = passes(s2, 3)
print(next(s3), s1.gi_running, s2.gi_running, s2.gi_suspended, next(s3), next(s3), s2.gi_running, next(s3))


def itself():
    try:
        yield from me
    except ValueError as e:
        yield str(e)


me = itself()
print(list(me))


# exceptions come out through every level, and each may catch
def fails(n):
    yield n
    raise KeyError(n)


def catches(inner, what):
    try:
        yield from inner
    except what as e:
        yield "caught", repr(e)
        raise RuntimeError("other") from e


def levels(e):
    names, tb = [], e.__traceback__
    while tb:
        names.append(tb.tb_frame.f_code.co_name if hasattr(tb, "tb_frame") else "?")
        tb = tb.tb_next
    return len(names)


f = passes(catches(passes(passes(fails(7), 1), 2), KeyError), 3)
print(next(f), next(f))
try:
    next(f)
except RuntimeError as e:
    print(repr(e), repr(e.__cause__), repr(e.__context__), levels(e), levels(e.__cause__))
print(list(f))

f = passes(passes(fails(1), 1), 2)
try:
    print(list(f))
except KeyError as e:
    print(repr(e), levels(e))


# the exception that is handled outside is the one handled inside
def shows():
    while True:
        yield repr(sys.exc_info()[1])


def handles(inner):
    try:
        raise ValueError("outside")
    except ValueError:
        yield from inner


h = passes(handles(passes(shows(), 1)), 2)
print(next(h), next(h))
try:
    raise TypeError("here")
except TypeError:
    print(next(h), repr(sys.exc_info()[1]))
print(next(h), repr(sys.exc_info()[1]))

h = passes(passes(shows(), 1), 2)
print(next(h))
try:
    raise TypeError("here")
except TypeError:
    print(next(h), repr(sys.exc_info()[1]))
print(next(h))


def raises_inside():
    try:
        yield 1
        raise KeyError("inner")
    except KeyError:
        yield repr(sys.exc_info()[1])
        yield repr(sys.exc_info()[1])
    yield repr(sys.exc_info()[1])


r = passes(passes(raises_inside(), 1), 2)
print(next(r), next(r), repr(sys.exc_info()[1]), next(r), next(r), list(r))


# closing goes to the innermost first
def cleans(name, inner=None):
    try:
        if inner:
            yield from inner
        else:
            while True:
                yield name
    finally:
        print("finally", name)


k = cleans("top", cleans("mid", cleans("low")))
print(next(k), next(k))
k.close()
k = cleans("top", cleans("mid", cleans("low")))
print(next(k), next(k))
try:
    k.throw(LookupError("thrown"))
except LookupError as e:
    print(repr(e), levels(e))


def swallows():
    while True:
        try:
            yield "resting"
        except LookupError as e:
            yield "swallowed " + str(e)


w = passes(passes(swallows(), 1), 2)
print(next(w), w.throw(LookupError("one")), next(w), next(w), w.throw(LookupError("two")), next(w))


# StopIteration out of a body is an error, at its level
def stops():
    yield 1
    raise StopIteration("oops")


p = passes(passes(stops(), 1), 2)
try:
    print(list(p))
except RuntimeError as e:
    print(repr(e), repr(e.__cause__))


# iterators that are no generators
class Iterator:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise StopIteration("done")
        self.n -= 1
        return self.n


def over(iterable):
    yield (yield from iterable)


print(list(passes(passes(over(Iterator(3)), 1), 2)), list(passes(over([1, 2]), 1)), list(over("ab")))


# without end, recursion is an error
def endless(n):
    yield n
    yield from endless(n + 1)


last = None
try:
    for last in endless(0):
        pass
except RecursionError as e:
    print("RecursionError", last > 100)


def at_once():
    yield from at_once()


try:
    list(at_once())
except RecursionError:
    print("RecursionError")


# coroutines
class Wait:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def low(n):
    total = 0
    for i in range(n):
        total += await Wait(i)
    return total


async def high(n):
    if n == 0:
        return await low(3)
    return 1 + await high(n - 1)


c = high(5)
print(c.send(None), c.send(10), c.send(20))
try:
    c.send(30)
except StopIteration as e:
    print(e.value)
try:
    c.send(None)
except RuntimeError as e:
    print(e)


async def fibonacci(n):
    return n if n <= 1 else await fibonacci(n - 1) + await fibonacci(n - 2)


try:
    fibonacci(13).send(None)
except StopIteration as e:
    print(e.value)


async def twice(c):
    await c
    await c


try:
    twice(low(0)).send(None)
except RuntimeError as e:
    print(e)

# abandoned in the middle
for value in passes(passes(count(100), 1), 2):
    if value == 3:
        break
print("ok")
