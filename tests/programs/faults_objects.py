# Classes, instances, attributes, descriptors, slots, metaclasses, inheritance.
class Meta(type):
    def __new__(mcls, name, bases, namespace, **kwargs):
        namespace['made_by'] = 'Meta'
        return super().__new__(mcls, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)
        cls.options = sorted(kwargs)

class Field:
    def __set_name__(self, owner, name): self.name = '_' + name
    def __get__(self, instance, owner): return self if instance is None else getattr(instance, self.name)
    def __set__(self, instance, value): setattr(instance, self.name, value * 2)

class Base(metaclass=Meta, debug=1, fast=2):
    x = Field()
    registry = []
    def __init_subclass__(cls, **kwargs): Base.registry.append(cls.__name__)
    def __init__(self, x, *rest, key=None, **more):
        self.x = x
        self.rest = rest
        self.key = key
        self.more = more
    @property
    def size(self): return len(self.rest) + len(self.more)
    @size.setter
    def size(self, value): self.rest = (0,) * value
    @classmethod
    def make(cls, n): return cls(n, n, n)
    @staticmethod
    def twice(n): return n * 2
    def __repr__(self): return f'{type(self).__name__}({self.x!r}, {self.rest}, {self.key}, {sorted(self.more)})'

class Left(Base):
    def who(self): return ['left'] + super().who()
class Right(Base):
    def who(self): return ['right']
class Both(Left, Right):
    def __getattr__(self, name): return 'missing ' + name

class Point:
    __slots__ = ('a', 'b')
    def __init__(self, a, b): self.a, self.b = a, b
    def __eq__(self, other): return (self.a, self.b) == (other.a, other.b)
    def __hash__(self): return hash((self.a, self.b))
    def __lt__(self, other): return (self.a, self.b) < (other.a, other.b)
    def __add__(self, other): return Point(self.a + other.a, self.b + other.b)
    def __getitem__(self, i): return (self.a, self.b)[i]
    def __call__(self, *a): return self.a, a
    def __enter__(self): return self
    def __exit__(self, *error): return error[0] is KeyError

b = Both(3, 1, 2, key='k', more=1, other=2)
print(b, b.size, b.who(), b.nothing, Both.make(4), Base.twice(3), Base.registry, Both.options, b.made_by)
b.size = 3
for i in range(20): setattr(b, f'attribute{i}', i)
print(len(vars(b)), b.attribute7, hasattr(Point(1, 2), 'c'), [n for n in dir(b) if n.startswith('attribute1')])
del b.attribute3
points = {Point(i % 3, i // 3): i for i in range(9)}
print(points[Point(1, 2)], sorted(points)[3](1, 2), (Point(1, 2) + Point(3, 4))[1], max(points).a)
with Point(1, 2) as p: raise KeyError(1)
C = type('C', (Both,), {'z': 5})
print(C(1).z, isinstance(C(1), Left), C.__mro__[1].__name__, issubclass(C, Base))
print(repr(object())[:7], Base.x.name, callable(p), p == Point(1, 2), str(Point)[:8])
