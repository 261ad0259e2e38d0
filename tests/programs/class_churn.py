# Classes that come and go: nothing but their objects, names and subclasses keeps them.
import gc


class Base:
    def who(self):
        return "base"


def make(n):
    class Made(Base):
        number = n

        def who(self):
            return super().who() + str(self.number)

    return Made


# Dead ones leave __subclasses__ when they are collected; living ones stay, in order.
kept = [make(n) for n in range(5)]
for n in range(200):
    make(n)().who()
gc.collect()
print([c.number for c in Base.__subclasses__() if c in kept], [c().who() for c in kept])
del kept[1], kept[2]
gc.collect()
print([c.number for c in Base.__subclasses__() if c in kept])

# Only an object is left of its class.
survivors = [make(n)() for n in range(100, 110)]
for s in survivors:
    s.tag = s.number
gc.collect()
for n in range(300):
    fresh = make(n)()
    fresh.other = n
    fresh.tag = -n
gc.collect()
print([(s.who(), s.tag, type(s).__name__, type(s).number) for s in survivors])
print([c.number for c in Base.__subclasses__() if any(type(s) is c for s in survivors)])

# A base that only a subclass knows, a metaclass that only a class knows.
def family():
    class Meta(type):
        def label(cls):
            return "label of " + cls.__name__

    class Parent(metaclass=Meta):
        def hello(self):
            return "hello from parent"

    class Child(Parent):
        pass

    return Child


child = family()
gc.collect()
print(child().hello(), child.label(), type(child).__name__)
thing = child()
del child
gc.collect()
print(thing.hello(), type(thing).label())

# One site sees classes whose shapes were used before.
def read(x):
    return x.a, x.b


def fill(x, n):
    x.b = n
    x.a = -n
    return x


def swapped(x, n):
    x.a = n
    x.b = -n
    return x


seen = []
for n in range(400):
    class Passing:
        pass
    x = (fill if n % 2 else swapped)(Passing(), n)
    if read(x) != ((-n, n) if n % 2 else (n, -n)):
        seen.append(n)
    if n % 50 == 0:
        gc.collect()
print(seen)

# Exceptions of classes that nobody else knows.
def fail(n):
    class Local(ValueError):
        def __str__(self):
            return "local %d" % n

    raise Local


errors = []
for n in range(3):
    try:
        fail(n)
    except ValueError as e:
        errors.append(e)
gc.collect()
print([str(e) for e in errors], [type(e).__mro__[1].__name__ for e in errors])

# A class method changed after many have gone.
Base.who = lambda self: "changed"
print([c().who() for c in kept], [s.who() for s in survivors][:2])
for n in range(3000):
    type("C", (Base,), {"x": n})
print(type("D", (), {})().__class__.__name__)
