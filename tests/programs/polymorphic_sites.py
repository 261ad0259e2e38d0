# One site, many shapes, classes that change: what a site remembers must never be seen.
import math


class Base:
    limit = 10
    label = "base"

    def name(self):
        return "base"

    def get(self):
        return self.value


classes = []
for n in range(8):
    def name(self, n=n):
        return "class %d" % n
    kind = type("K%d" % n, (Base,), {"name": name} if n % 2 else {"extra": n})
    classes.append(kind)


def read(x):
    return x.value


def write(x, v):
    x.value = v
    return x.get()


def call(x):
    return x.name()


def limit(x):
    return x.limit


objects = []
for n in range(32):
    o = classes[n % 8]()
    if n % 3 == 0:
        o.other = n
    o.value = n
    objects.append(o)

print([read(o) for o in objects])
print([write(o, -n) for n, o in enumerate(objects)])
print([call(o) for o in objects[:8]])
print([limit(o) for o in objects[:8]])

# The class changes under sites that know it.
Base.limit = 11
print([limit(o) for o in objects[:4]])
classes[1].limit = 12
print([limit(o) for o in objects[:4]])
objects[2].limit = 13
print([limit(o) for o in objects[:4]])
del classes[1].limit, objects[2].limit
print([limit(o) for o in objects[:4]])
Base.limit = property(lambda self: "property of %d" % self.value)
print([limit(o) for o in objects[:4]])
del Base.limit
for o in objects[:3]:
    try:
        limit(o)
    except AttributeError as e:
        print(e)
Base.__getattr__ = lambda self, name: "no " + name
print([limit(o) for o in objects[:3]])
del Base.__getattr__

Base.name = lambda self: "another"
print([call(o) for o in objects[:4]])
objects[0].name = lambda: "own"
print(call(objects[0]), call(objects[8]))
del objects[0].name
print(call(objects[0]))
classes[0].name = staticmethod(lambda: "static")
print(call(objects[0]), call(objects[8]))
classes[0].name = classmethod(lambda cls: cls.__name__)
print(call(objects[0]), call(objects[8]))


class Meta(type):
    @property
    def label(cls):
        return "of " + cls.__name__


class WithMeta(metaclass=Meta):
    pass


def label(x):
    return x.label


print(label(WithMeta), label(objects[0]), label(Base))
Base.label = "changed"
print(label(WithMeta), label(objects[0]), label(Base))


class Slots:
    __slots__ = ("value", "limit")

    def get(self):
        return self.value


s = Slots()
print(write(s, 5), read(s))
try:
    limit(s)
except AttributeError as e:
    print(e)
s.limit = 1
print(limit(s))
del s.limit
try:
    limit(s)
except AttributeError as e:
    print(e)

# Setting through a site that has seen the class without a descriptor.
class Target:
    pass


def store(x):
    x.a = 1
    return x.__dict__


print(store(Target()), store(Target()))


class Descriptor:
    def __get__(self, o, t=None):
        return "got"

    def __set__(self, o, v):
        print("set", v)


Target.a = Descriptor()
print(store(Target()), Target().a)
del Target.a
print(store(Target()))
Target.__setattr__ = lambda self, k, v: print("setattr", k, v)
print(store(Target()))
del Target.__setattr__

# An attribute deleted and set again gives other shapes.
def shuffle(x):
    x.p = 1
    x.q = 2
    del x.p
    x.p = 3
    return x.p, x.q, list(x.__dict__)


print([shuffle(Target()) for _ in range(3)])

# Modules.
import sys
module = type(sys)("made")
module.f = lambda: "first"
module.number = 1


def use():
    return module.f(), module.number


print(use(), use())
module.f = lambda: "second"
module.number = 2
print(use())
module.more = 3
print(use())
del module.number
try:
    use()
except AttributeError as e:
    print(e)
module.number = 4
print(use())
module.__dict__["number"] = 5
print(use())
print([math.floor(x / 2) for x in range(4)])


# Attributes read through classes, at sites that see many of them.
class Root:
    value = 1
    items = [1, 2]

    @staticmethod
    def static(x=0):
        return "static of root", x

    @classmethod
    def made(cls):
        return cls.__name__

    @property
    def prop(self):
        return "prop"

    def method(self):
        return "method", type(self).__name__

    class Inner:
        pass


class Left(Root):
    value = 2

    @staticmethod
    def static(x=0):
        return "static of left", x


class Right(Root):
    prop = "plain"
    Inner = 5


class Counting(type):
    made_at = "metaclass"

    @property
    def value(cls):
        return "value of " + cls.__name__


class Counted(metaclass=Counting):
    items = ()
    prop = None
    Inner = None

    def static(x=0):
        return "function", x

    made = classmethod(lambda cls: "made " + cls.__name__)

    def method(self):
        return "counted"


def through(c, o):
    return c.value, c.items, c.static(3), c.made(), type(c.prop).__name__, c.method(o), c.Inner is Root.Inner, c.__name__


for _ in range(3):
    for c in (Root, Left, Right, Counted, Left, Root):
        print(through(c, c()))
Root.value = 10
Left.static = staticmethod(lambda x: ("changed", x))
Root.prop = 7
print([through(c, c()) for c in (Root, Left, Right, Counted)])
del Left.value, Left.static
print([through(c, c()) for c in (Root, Left, Right, Counted)])
Counting.items = property(lambda cls: "items of " + cls.__name__)
print(Counted.items, Root.items, [c.items for c in (Root, Counted, Left)])
Root.made = 5
try:
    through(Left, Left())
except TypeError as e:
    print(e)
