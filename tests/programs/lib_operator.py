# operator: the operators as functions, and the three makers of callables.
import operator
from operator import *


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


for name in ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "eq", "ne", "ge", "gt", "and_", "or_", "xor", "lshift", "rshift",
             "iadd", "isub", "imul", "ipow", "iand", "ior", "ixor", "ilshift", "irshift", "ifloordiv", "itruediv", "imod", "is_", "is_not"]:
    print(name, getattr(operator, name)(13, 5))
for name in ["neg", "pos", "abs", "inv", "invert", "not_", "truth", "index"]:
    print(name, getattr(operator, name)(-7))
print(operator.__add__ is add, operator.__lt__ is lt, operator.__contains__ is contains, operator.__and__ is and_, operator.__not__ is not_)
print(concat([1], [2]), contains([1, 2], 2), countOf([1, 2, 1], 1), indexOf("abc", "c"), getitem({"a": 1}, "a"), length_hint([1, 2]), length_hint(5, 3))
values = [1, 2, 3]
setitem(values, 0, 9)
delitem(values, 1)
iconcat(values, [4])
print(values, call(max, 1, 2, key=lambda x: -x), iadd(values, [5]) is values)
for f, args in [(add, (1, "a")), (concat, (1, 2)), (indexOf, ([1], 2)), (index, (1.5,)), (length_hint, (5, "a")), (add, (1,)), (getitem, ([1], 5)), (matmul, (1, 2))]:
    attempt(f, *args)

print(itemgetter(1)("abc"), itemgetter(0, 2)("abc"), itemgetter("k")({"k": 5}), itemgetter(slice(1, None))([1, 2, 3]))
print(itemgetter(1), itemgetter(1, "a"), attrgetter("real"), attrgetter("a.b", "c"), methodcaller("f"), methodcaller("f", 1, k=2))


class Node:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)

    def method(self, *args, **kwargs):
        return args, kwargs


node = Node(x=Node(y=3), z=4)
print(attrgetter("x.y")(node), attrgetter("z", "x.y")(node), methodcaller("method", 1, k=2)(node), methodcaller("method")(node))
for f, args in [(itemgetter, ()), (attrgetter, ()), (methodcaller, ()), (attrgetter, (5,)), (methodcaller, (5,)), (itemgetter(0), ()), (itemgetter(5), ([],)),
                (attrgetter("nope"), (node,)), (attrgetter("x.nope"), (node,)), (itemgetter(0), (1, 2))]:
    attempt(f, *args)
print(sorted([(2, "b"), (1, "c"), (3, "a")], key=itemgetter(1)), sorted([node, Node(z=1)], key=attrgetter("z"))[0].z)
print(itemgetter, type(itemgetter(1)).__module__, callable(itemgetter(1)))


class Special:
    def __index__(self):
        return 3

    def __add__(self, other):
        return ("add", other)

    def __iadd__(self, other):
        return ("iadd", other)


print(index(Special()), add(Special(), 1), iadd(Special(), 1))
