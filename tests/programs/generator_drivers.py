# Builtins that step a generator: items, ends, errors, and what the generator sees.
import sys


def numbers(n):
    for i in range(n):
        yield i


class Odd:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        if self.truth is None:
            raise ValueError("no truth")
        return self.truth


print(list(numbers(4)), tuple(numbers(4)), sorted(-x for x in numbers(4)), set(numbers(4)))
print(list(x for x in ()), tuple(x for x in ()), set(x for x in ()), sum(x for x in ()))
print(sum(numbers(5)), sum(x / 2 for x in numbers(5)), sum(True for x in numbers(3)), sum(2**60 for x in numbers(9)))
print(sum(numbers(5), 10), sum((x for x in numbers(3)), start=2))
print(any(x > 2 for x in numbers(5)), any(x > 9 for x in numbers(5)), all(x < 9 for x in numbers(5)), all(x for x in numbers(5)))
print(any(x for x in ()), all(x for x in ()), any(Odd(x) for x in (False, True)), all(Odd(x) for x in (True, False)))
print(max(numbers(5)), min(numbers(5)), max(-x for x in numbers(5)), min(x % 3 for x in numbers(9)))
print(max((x for x in numbers(5)), key=lambda x: -x), min((x for x in ()), default="none"))
print(",".join(str(x) for x in numbers(5)), repr("".join(x for x in ())), "-".join(numbers(0)) == "")
join = " ".join
print(join(c for c in "abc"), str.join("+", (c for c in "abc")))

for call in (
    lambda: max(x for x in ()),
    lambda: min(x for x in ()),
    lambda: sum(c for c in "ab"),
    lambda: "".join(x for x in range(3)),
    lambda: sorted(x for x in (1, "a")),
    lambda: max(x for x in (1, "a")),
    lambda: set([x] for x in (1, 2)),
    lambda: any(Odd(None) for x in (1, 2)),
    lambda: list(1 // x for x in (1, 0)),
):
    try:
        print(call())
    except Exception as e:
        levels, tb = 0, e.__traceback__
        while tb:
            levels, tb = levels + 1, tb.tb_next
        print(type(e).__name__, e, levels)

# a quantifier leaves the rest
g = numbers(6)
print(any(x == 2 for x in g), next(g), all(x < 4 for x in g), next(g), list(g), list(g), any(g), sum(g))

# one that has begun, one that is in a chain, one that is running
g = numbers(5)
next(g)
print(tuple(g))


def passes(inner):
    yield "before"
    yield from inner


inner = numbers(4)
outer = passes(inner)
print(next(outer), next(outer), list(inner), list(outer))


def itself():
    try:
        yield list(me)
    except ValueError as e:
        yield str(e)


me = itself()
print(list(me))


# the generator's own view
def sees():
    yield sys.exc_info()[0]
    try:
        raise KeyError("inside")
    except KeyError:
        yield sys.exc_info()[0]
    yield sys.exc_info()[0]


print(list(sees()))
try:
    raise TypeError("outside")
except TypeError:
    print(tuple(sees()), sys.exc_info()[0])


def closes():
    try:
        yield 1
        yield 2
    finally:
        print("closed")


print(list(closes()))
print(sorted((x * 7 % 5 for x in range(5)), reverse=True))


class Number:
    def __init__(self, n):
        self.n = n

    def __radd__(self, other):
        return self.n + other

    def __gt__(self, other):
        print("gt", self.n, other.n)
        return self.n > other.n

    def __lt__(self, other):
        print("lt", self.n, other.n)
        return self.n < other.n


print(sum(Number(x) for x in range(4)), max(Number(x) for x in (1, 3, 2)).n, min(Number(x) for x in (3, 1, 2)).n)


class MyList(list):
    pass


print(MyList(x for x in range(3)), frozenset(x for x in range(3)) == {0, 1, 2}, dict((x, x) for x in range(3)))


def deep(n):
    return n if n == 0 else sum(deep(n - 1) for _ in range(1)) + 1


print(deep(100))
try:
    deep(100000)
except RecursionError:
    print("RecursionError")


# a driver is no level of recursion
def nested(n):
    return n if n == 0 else sum(nested(n - 1) for _ in range(1)) + 1


print(nested(450), max(nested(3) for _ in range(2)))
try:
    nested(600)
except RecursionError:
    print("RecursionError")
print(nested(450))
