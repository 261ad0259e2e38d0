# collections.abc and abc: hooks, registration, abstract methods, mixins.
from collections.abc import *
import collections.abc
from abc import ABC, ABCMeta, abstractmethod, abstractproperty, get_cache_token, update_abstractmethods

values = [1, 1.5, "s", b"b", (), [], {}, set(), frozenset(), range(3), None, len, print, int, iter([]), (x for x in ()), {}.keys(), {}.values(),
          {}.items(), lambda: 0, map(str, []), zip(), enumerate([]), reversed([]), object(), Exception(), slice(1), type.__dict__]
abcs = [Hashable, Iterable, Iterator, Reversible, Generator, Sized, Container, Collection, Callable, Set, MutableSet, Mapping, MutableMapping, MappingView,
        KeysView, ItemsView, ValuesView, Sequence, MutableSequence, ByteString, Awaitable, Coroutine, AsyncIterable, AsyncIterator, AsyncGenerator]
for cls in abcs:
    print(cls.__module__, cls.__name__, [type(v).__name__ for v in values if isinstance(v, cls)], sorted(cls.__abstractmethods__))
    again = [isinstance(v, cls) for v in values]
    assert again == [issubclass(type(v), cls) for v in values]
    try:
        cls()
    except TypeError as error:
        print("  ", error)


class Mine:
    def __iter__(self):
        return iter([])

    def __len__(self):
        return 0


class Blocked(Mine):
    __iter__ = None


print(isinstance(Mine(), Iterable), isinstance(Mine(), Sized), isinstance(Mine(), Collection), issubclass(Blocked, Iterable), issubclass(Blocked, Sized))


class Numbers(Sequence):
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


n = Numbers(3, 1, 4, 1)
print(list(n), list(reversed(n)), 4 in n, 9 in n, n.index(1), n.index(1, 2), n.count(1), isinstance(n, Reversible))
try:
    n.index(9)
except ValueError as error:
    print("ValueError", error)


class Bag(MutableSet):
    def __init__(self, items=()):
        self.data = []
        for item in items:
            self.add(item)

    def __contains__(self, x):
        return x in self.data

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)

    def add(self, x):
        if x not in self.data:
            self.data.append(x)

    def discard(self, x):
        if x in self.data:
            self.data.remove(x)

    def __repr__(self):
        return "Bag(%r)" % self.data


a, b = Bag([1, 2, 3]), Bag([2, 3, 4])
print(a & b, a | b, a - b, a ^ b, a <= b, a < (a | b), a == Bag([3, 2, 1]), a.isdisjoint(b), a >= Bag([1]), a > a, a != b, {1, 5} & a, [2] | a)
a |= {7}
a -= {1}
a &= [2, 7]
a ^= {7, 8}
a.remove(8)
print(a, a.pop(), len(a))
try:
    a.remove(99)
except KeyError as error:
    print("KeyError", error)
a.clear()
print(a)


class Lower(MutableMapping):
    def __init__(self, *args, **kwargs):
        self.data = {}
        self.update(*args, **kwargs)

    def __getitem__(self, key):
        return self.data[key.lower()]

    def __setitem__(self, key, value):
        self.data[key.lower()] = value

    def __delitem__(self, key):
        del self.data[key.lower()]

    def __iter__(self):
        return iter(self.data)

    def __len__(self):
        return len(self.data)


m = Lower({"A": 1}, B=2)
m["C"] = 3
print(dict(m), "a" in m, "z" in m, m.get("Z", 0), m.pop("A"), m.setdefault("D", 4), m.setdefault("D", 5), list(m.keys()), list(m.values()), list(m.items()))
print(m == {"b": 2, "c": 3, "d": 4}, m.popitem(), len(m), ("c", 3) in m.items(), 3 in m.values(), m.keys() & {"c"}, repr(m.keys())[:9])
m.update([("X", 1)])
try:
    m.pop("nope")
except KeyError as error:
    print("KeyError", error)
print(m.pop("nope", "default"))


class Row(MutableSequence):
    def __init__(self, items):
        self.items = list(items)

    def __getitem__(self, i):
        return self.items[i]

    def __setitem__(self, i, v):
        self.items[i] = v

    def __delitem__(self, i):
        del self.items[i]

    def __len__(self):
        return len(self.items)

    def insert(self, i, v):
        self.items.insert(i, v)


r = Row([1, 2, 3])
r.append(4)
r.extend([5, 6])
r += [7]
r.reverse()
r.remove(4)
print(r.items, r.pop(), r.pop(0), len(r))
r.extend(r)
print(r.items)
r.clear()
print(r.items)


class Count(Generator):
    def __init__(self):
        self.n = 0

    def send(self, value):
        self.n += 1
        if self.n > 3:
            raise StopIteration
        return self.n

    def throw(self, typ, val=None, tb=None):
        raise typ


print(list(Count()), Count().close())


class Shape(ABC):
    @property
    @abstractmethod
    def area(self):
        ...

    @abstractmethod
    def scale(self, k):
        ...

    @classmethod
    @abstractmethod
    def unit(cls):
        ...

    @staticmethod
    @abstractmethod
    def kind():
        ...


class Half(Shape):
    @property
    def area(self):
        return 1

    def scale(self, k):
        return super().scale(k)


class Square(Half):
    @classmethod
    def unit(cls):
        return cls()

    @staticmethod
    def kind():
        return "square"


for cls in (Shape, Half, Square):
    try:
        print(cls().area, sorted(cls.__abstractmethods__))
    except TypeError as error:
        print(error, sorted(cls.__abstractmethods__))
print(Square.unit().kind(), Square().scale(2), type(Square))


class Plugin(metaclass=ABCMeta):
    pass


class Foreign:
    pass


before = get_cache_token()
print(isinstance(Foreign(), Plugin), issubclass(Foreign, Plugin))
print(Plugin.register(Foreign) is Foreign, isinstance(Foreign(), Plugin), issubclass(Foreign, Plugin), get_cache_token() != before)


class Child(Foreign):
    pass


print(issubclass(Child, Plugin), isinstance(Child(), Plugin), Plugin in Child.__mro__)


@Plugin.register
class Decorated:
    pass


print(isinstance(Decorated(), Plugin))
try:
    Plugin.register(5)
except TypeError as error:
    print(error)
try:
    issubclass(5, Plugin)
except TypeError as error:
    print(error)


class Sub(Plugin):
    pass


try:
    Sub.register(Plugin)
except RuntimeError as error:
    print(error)


class Quacks(ABC):
    @classmethod
    def __subclasshook__(cls, C):
        if cls is Quacks:
            return any("quack" in B.__dict__ for B in C.__mro__)
        return NotImplemented


class Duck:
    def quack(self):
        pass


print(isinstance(Duck(), Quacks), isinstance(5, Quacks), issubclass(Duck, (int, Quacks)))


class Late(ABC):
    @abstractmethod
    def go(self):
        ...


Late2 = type("Late2", (Late,), {})
Late2.go = lambda self: "gone"
try:
    Late2()
except TypeError as error:
    print(error)
update_abstractmethods(Late2)
print(Late2().go())


class Proxy:
    def __init__(self, target):
        self.target = target

    @property
    def __class__(self):
        return type(self.target)


print(isinstance(Proxy([]), MutableSequence), isinstance(Proxy({}), Mapping), isinstance(Proxy(5), Sized))
print(Iterable[int], Callable[[int, str], bool], Callable[..., int], Mapping[str, int], collections.abc.Sized is Sized)
async def coro():
    pass
c = coro()
print(isinstance(c, Awaitable), isinstance(c, Coroutine))
c.close()
