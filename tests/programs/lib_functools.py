# functools: partial, reduce, caches, wraps, total_ordering, singledispatch.
from functools import *
import functools
import copy


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


def show(*args, **kwargs):
    return args, kwargs


p = partial(show, 1, 2, k=3)
print(p(), p(4, k=5, j=6), p.args, p.keywords, p.func is show, partial(p, 9, j=1)(8), partial(int, base=2)("101"), partial(max)(1, 2))
print(repr(partial(len, "a")), repr(partial(pow, 2, mod=5)), callable(p), partial(p).func is show, isinstance(p, partial), partial)
p.tag = "x"
print(p.tag, p.__dict__, copy.copy(p).args, copy.copy(p).tag, copy.deepcopy(p).keywords, partial(p, 1).func is p)
for f, args in [(partial, ()), (partial, (5,)), (partial(show), (1,)), (partial(len), ()), (p.__setstate__, (5,))]:
    attempt(f, *args)


class Named(partial):
    pass


n = Named(show, 1)
print(n(2), type(n).__name__, repr(n).startswith("Named("))

print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a * b, range(1, 6), 10), reduce(max, "hello"), reduce(show, [], "only"))
attempt(reduce, lambda a, b: a, [])
attempt(reduce, lambda a, b: a, 5)
attempt(reduce, lambda a, b: a / 0, [1, 2])
attempt(reduce, 1)


@lru_cache(maxsize=3)
def square(x, y=0):
    print("computing", x, y)
    return x * x + y


print(square(1), square(2), square(1), square(3), square(4), square(1), square(2), square.cache_info(), square.cache_parameters())
print(square(1, 0), square(1, y=0), square(x=1), square.cache_info())
square.cache_clear()
print(square.cache_info(), square.__wrapped__(5), square.__name__)


@lru_cache(typed=True, maxsize=None)
def typed(x):
    return type(x).__name__


print(typed(1), typed(1.0), typed(True), typed.cache_info(), typed.cache_parameters())


@lru_cache
def plain(x):
    return type(x).__name__


print(plain(1), plain(1.0), plain("1"), plain.cache_info())


@cache
def fib(n):
    """Fibonacci."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(120), fib.cache_info(), fib.__doc__, fib.__qualname__, type(fib), fib.__module__)


@lru_cache(maxsize=0)
def none(x):
    return x


print(none(1), none(1), none.cache_info())
attempt(fib, [])
attempt(lru_cache, "a")
attempt(fib)


@lru_cache
def fails(x):
    raise ValueError(x)


attempt(fails, 1)
attempt(fails, 1)
print(fails.cache_info())


class Has:
    def __init__(self, k):
        self.k = k

    @lru_cache
    def times(self, n):
        return self.k * n

    @cached_property
    def slow(self):
        print("slow runs")
        return self.k + 100

    @partialmethod
    def nothing(self):
        return "nothing"

    def base(self, a, b=2):
        return self.k, a, b

    twice = partialmethod(base, 5, b=7)


h = Has(3)
print(h.times(4), h.times(4), Has.times.cache_info().hits, h.slow, h.slow, h.__dict__, h.twice(), h.nothing())
del h.slow
h.k = 0
print(h.slow, type(Has.slow).__name__, Has.slow.attrname)


class Slots:
    __slots__ = ("x",)

    @cached_property
    def y(self):
        return 1


attempt(lambda: Slots().y)


def decorate(f):
    """Decorates."""
    @wraps(f)
    def wrapper(*args):
        """Wrapper."""
        return f(*args)
    return wrapper


@decorate
def documented(a: int) -> str:
    """Documented."""
    return str(a)


documented.extra = 1
print(documented.__name__, documented.__doc__, documented.__annotations__, documented.__wrapped__(5), documented.__qualname__, documented(6))
print(update_wrapper(lambda: 0, documented).extra, WRAPPER_ASSIGNMENTS, WRAPPER_UPDATES, wraps(len)(lambda: 0).__name__)


@total_ordering
class Version:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Version) and self.n == other.n

    def __lt__(self, other):
        return self.n < other.n if isinstance(other, Version) else NotImplemented


a, b = Version(1), Version(2)
print(a < b, a <= b, a > b, a >= b, a <= Version(1), a >= Version(1), a == b, a != b, Version.__gt__.__name__)
attempt(lambda: a <= 5)


@total_ordering
class ByGe:
    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return self.n == other.n

    def __ge__(self, other):
        return self.n >= other.n


print(ByGe(1) < ByGe(2), ByGe(2) > ByGe(2), ByGe(2) <= ByGe(2))
attempt(total_ordering, type("Empty", (), {}))
key = cmp_to_key(lambda x, y: len(x) - len(y) or (x > y) - (x < y))
print(sorted(["ccc", "a", "bb", "aa"], key=key), key("a") < key("bb"), key("a") == key("a"), key("x").obj)


@singledispatch
def describe(x):
    return f"object {x}"


@describe.register
def _(x: int):
    return f"int {x}"


@describe.register(list)
@describe.register(tuple)
def _(x):
    return f"sequence of {len(x)}"


@describe.register
def _(x: str | bytes):
    return "text"


class MyInt(int):
    pass


print(describe(5), describe(MyInt(6)), describe([1, 2]), describe((1,)), describe("s"), describe(b"b"), describe(1.5), describe(True), describe(None))
print(describe.dispatch(bool) is describe.dispatch(int), sorted(t.__name__ for t in describe.registry), describe.__name__)
from collections.abc import Mapping, Sized


@describe.register(Mapping)
def _(x):
    return "mapping"


@describe.register(Sized)
def _(x):
    return "sized"


print(describe({}), describe(set()), describe([1]), describe(range(3)))
attempt(describe)
attempt(describe.register, 5)
attempt(describe.register, "x", len)


class Formatter:
    @singledispatchmethod
    def format(self, x):
        return f"? {x}"

    @format.register
    def _(self, x: int):
        return f"{x:05}"

    @singledispatchmethod
    @classmethod
    def make(cls, x):
        return cls, x

    @make.register
    @classmethod
    def _(cls, x: str):
        return cls, "text " + x


f = Formatter()
print(f.format(5), f.format("a"), Formatter.make(1)[1], Formatter.make("q")[1])
print(sum(fib(i) for i in range(50)), sorted(functools.__all__))
