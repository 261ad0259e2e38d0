# copy, contextlib, types, keyword, reprlib.
import copy
import sys
import types
import keyword
import reprlib
from contextlib import *


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


class Node:
    def __init__(self, value):
        self.value = value
        self.links = []

    def __eq__(self, other):
        return self.value == other.value


a = Node([1])
a.links.append(a)
b, c = copy.copy(a), copy.deepcopy(a)
print(b.value is a.value, b.links is a.links, c.value == a.value, c.value is a.value, c.links[0] is c, b == a)
nested = [[1, 2], (3, [4]), {"k": {5}}, frozenset([6]), "s", None, range(3), len, Node]
d = copy.deepcopy(nested)
print(d == nested, d[0] is nested[0], d[1] is nested[1], d[2]["k"] is nested[2]["k"], d[4] is nested[4], d[7] is len, copy.copy(nested)[0] is nested[0])
t = (1, "a", (2, 3))
print(copy.deepcopy(t) is t, copy.copy(t) is t)
shared = [1]
pair = copy.deepcopy([shared, shared])
print(pair[0] is pair[1])
loop = []
loop.append(loop)
x = copy.deepcopy(loop)
print(x[0] is x, x is loop)
tl = ([],)
tl[0].append(tl)
y = copy.deepcopy(tl)
print(y[0][0] is y)


class Slots:
    __slots__ = ("a", "__b")

    def __init__(self):
        self.a = [1]
        self.__b = 2

    def b(self):
        return self.__b


s = copy.deepcopy(Slots())
print(s.a, s.b(), copy.copy(Slots()).b())


class Custom:
    def __init__(self, n):
        self.n = n

    def __copy__(self):
        return Custom("copied")

    def __deepcopy__(self, memo):
        return Custom(("deep", type(memo).__name__))


print(copy.copy(Custom(1)).n, copy.deepcopy([Custom(1)])[0].n)


class Reduces:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return Reduces, (self.n + 1,)


class State:
    def __getstate__(self):
        return {"kept": 1}

    def __setstate__(self, state):
        self.state = state


class Args(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    def __getnewargs__(self):
        return tuple(self)


class L(list):
    pass


class D(dict):
    pass


l = L([1, [2]])
l.tag = [3]
m = copy.deepcopy(l)
dd = D(a=[1])
dd.x = 1
ee = copy.deepcopy(dd)
print(copy.copy(Reduces(1)).n, copy.deepcopy(Reduces(5)).n, copy.copy(State()).state, copy.deepcopy(Args(1, [2])), m, m.tag, m[1] is l[1], m.tag is l.tag, type(m).__name__, ee, ee.x, ee["a"] is dd["a"])
e = copy.copy(ValueError("a", 1))
print(repr(e), copy.deepcopy(KeyError("k")).args, copy.copy({1, 2}), copy.deepcopy({"a": [1]}), copy.deepcopy(a.links.append).__self__ is a.links)
attempt(copy.copy, (i for i in []))
attempt(copy.deepcopy, [sys])
memo = {}
copy.deepcopy(shared, memo)
print(id(shared) in memo, a.__reduce_ex__(4)[0].__name__, Node(1).__getstate__(), object().__getstate__())


@contextmanager
def managed(name):
    print("enter", name)
    try:
        yield name.upper()
    except ValueError as error:
        print("caught", error)
    finally:
        print("exit", name)


with managed("a") as v, managed("b"):
    print(v)
@managed("deco")
def decorated():
    return "result"


print(decorated(), decorated())


@contextmanager
def never():
    if False:
        yield


@contextmanager
def twice():
    yield 1
    yield 2


for make in (never, twice):
    try:
        with make():
            print("body")
    except RuntimeError as error:
        print("RuntimeError", error)
with suppress(ZeroDivisionError, KeyError):
    1 / 0
with suppress():
    print("nothing")


class Closes:
    def close(self):
        print("closed")


with closing(Closes()) as thing:
    print(type(thing).__name__)
with nullcontext(5) as n:
    print(n)
with ExitStack() as stack:
    stack.callback(print, "callback", 1, sep="-")
    stack.enter_context(managed("x"))
    stack.push(lambda *exc: print("pushed", exc[0]))
    print("in stack")
try:
    with ExitStack() as stack:
        stack.enter_context(suppress(ValueError))
        stack.callback(lambda: 1 / 0)
        raise ValueError("v")
except ZeroDivisionError as error:
    print("ZeroDivisionError", error, repr(error.__context__))
with ExitStack() as stack:
    stack.push(lambda typ, *rest: typ is ValueError)
    raise ValueError("swallowed")
with ExitStack() as stack:
    stack.callback(print, "kept")
    kept = stack.pop_all()
print("after")
kept.close()
attempt(lambda: ExitStack().enter_context(5))


class Out:
    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)

    def flush(self):
        pass


out = Out()
with redirect_stdout(out):
    print("hidden")
print(out.parts)


class Manager(AbstractContextManager):
    def __exit__(self, *exc):
        return None


with Manager() as mm:
    print(type(mm).__name__, isinstance(mm, AbstractContextManager), isinstance(closing(1), AbstractContextManager), isinstance(5, AbstractContextManager))


class Amanaged:
    async def __aenter__(self):
        print("aenter")
        return 1

    async def __aexit__(self, *exc):
        print("aexit", exc[0])


async def main():
    async with Amanaged() as v:
        print(v)
    async with AsyncExitStack() as st:
        print(await st.enter_async_context(Amanaged()))
        st.callback(print, "sync callback")
        st.push_async_callback(Amanaged().__aenter__)
    async with nullcontext(3) as three:
        print(three)


try:
    main().send(None)
except StopIteration:
    pass

ns = types.SimpleNamespace(a=1, b="x")
ns.c = [ns.a]
print(ns, ns == types.SimpleNamespace(a=1, b="x", c=[1]), ns.__dict__)
del ns.a
print(ns)
print(types.FunctionType, types.MethodType, types.GeneratorType, types.CoroutineType, types.BuiltinFunctionType, types.ModuleType, types.MappingProxyType, types.NoneType,
      types.EllipsisType, types.UnionType, types.GenericAlias, types.CellType, types.CodeType, types.TracebackType, types.LambdaType is types.FunctionType, types.AsyncGeneratorType)
C = types.new_class("C", (Node,), {}, lambda ns: ns.update(extra=5))
print(C(1).extra, C.__name__, types.prepare_class("X", (Node,))[0], types.resolve_bases((list[int],)))
proxy = types.MappingProxyType({"a": 1})
print(proxy["a"], repr(proxy), len(proxy), list(proxy.items()))
attempt(lambda: proxy.__setitem__("b", 1))
print(keyword.iskeyword("for"), keyword.iskeyword("fore"), keyword.issoftkeyword("match"), len(keyword.kwlist))
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.repr({i: i for i in range(10)}), reprlib.repr({3, 1, 2}), reprlib.repr(10 ** 60), reprlib.repr((1,)), reprlib.repr([[[[[[[1]]]]]]]))


class Ring:
    def __init__(self):
        self.me = self

    @reprlib.recursive_repr()
    def __repr__(self):
        return f"<Ring {self.me!r}>"


print(Ring(), Ring.__repr__.__name__)
