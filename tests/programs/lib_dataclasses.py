# dataclasses: every option, what is generated, and error messages.
from dataclasses import *
import dataclasses
from typing import ClassVar, List, Any
import copy


def attempt(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


@dataclass
class Point:
    x: int
    y: int = 0

    def norm(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5


p = Point(3, 4)
print(p, p == Point(3, 4), p != Point(3, 5), p.norm(), Point(1), Point(y=2, x=1), Point.__doc__, Point.__match_args__, Point.__annotations__)
print([f.name for f in fields(Point)], fields(p)[1].default, asdict(p), astuple(p), replace(p, y=9), is_dataclass(p), is_dataclass(Point), is_dataclass(5))
print(Point.__init__.__annotations__, Point.__init__.__qualname__, Point.__eq__.__name__, Point.__repr__.__qualname__, Point.__hash__)
attempt(Point)
attempt(Point, 1, 2, 3)
attempt(Point, 1, z=3)
attempt(hash, p)
attempt(lambda: p < Point(1))
print(p == (3, 4), p.__eq__(5))


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple = field(default=(), compare=False)


v = Version(1, 2)
print(v < Version(1, 3), v >= Version(1, 2, ("x",)), sorted([Version(2), Version(1, 5), v]), hash(v) == hash(Version(1, 2)), {v: 1}[Version(1, 2)], max(v, Version(3)))
attempt(setattr, v, "major", 5)
attempt(delattr, v, "major")
attempt(setattr, v, "new", 5)
attempt(lambda: v < 5)
print(issubclass(FrozenInstanceError, AttributeError))


@dataclass
class Inventory:
    name: str
    items: List[str] = field(default_factory=list)
    count: int = field(init=False, default=7)
    secret: str = field(default="s", repr=False)
    kind: ClassVar[str] = "inventory"
    scale: InitVar[int] = 2

    def __post_init__(self, scale):
        self.count *= scale


a, b = Inventory("a"), Inventory("b", ["x"], scale=3)
a.items.append("only a")
print(a, b, a.secret, Inventory.kind, [f.name for f in fields(a)], asdict(b), b.items is asdict(b)["items"])
print(replace(b, name="c", scale=1), Inventory.scale)
attempt(replace, b, count=1)
attempt(Inventory, "x", count=3)


@dataclass(kw_only=True)
class Keywords:
    a: int
    b: int = 2


@dataclass
class Mixed:
    a: int
    _: KW_ONLY
    b: int = 1
    c: int


print(Keywords(a=1), Mixed(1, c=3), Mixed.__match_args__, Mixed.__doc__)
attempt(Keywords, 1)
attempt(Mixed, 1, 2, 3)


@dataclass
class Base:
    x: int
    y: int = 1


@dataclass
class Derived(Base):
    z: int = 3
    x: int = 10


print(Derived(), Derived(1, 2, 3), [f.name for f in fields(Derived)], Base(1) == Derived(1), isinstance(Derived(), Base))


@dataclass(slots=True)
class Slotted:
    x: int
    y: list = field(default_factory=list)


s = Slotted(1)
s.y.append(2)
print(s, Slotted.__slots__, hasattr(s, "__dict__"))
attempt(setattr, s, "z", 1)


@dataclass(frozen=True, slots=True)
class FrozenSlots:
    a: int
    b: str = "b"


f = FrozenSlots(1)
print(f, copy.copy(f), copy.deepcopy(f) == f, hash(f) == hash(FrozenSlots(1)))


@dataclass(eq=False)
class Identity:
    x: int


print(Identity(1) == Identity(1), hash(Identity(1)) is not None)


@dataclass(unsafe_hash=True)
class Hashed:
    x: int
    y: int = field(hash=False, default=0)


print(hash(Hashed(1, 2)) == hash(Hashed(1, 3)), Hashed(1, 2) == Hashed(1, 3))


@dataclass(init=False, repr=False)
class Bare:
    x: int = 5

    def __init__(self):
        self.x = 6

    def __repr__(self):
        return "Bare!"


print(Bare(), Bare().x)


@dataclass
class Node:
    value: int
    children: list = field(default_factory=list)
    parent: Any = None


n = Node(1)
n.children.append(Node(2, parent=n))
print(n)
n.parent = None
n.children[0].parent = None
print(asdict(n), astuple(n))
print(asdict(Node({"k": [Point(1)]}, (Point(2),))), copy.deepcopy(n) == n)


def definition(**options):
    def make():
        return dataclass(**options)(type("X", (), {"__annotations__": {"a": int}, **({"a": []} if options.get("mutable") else {})}))
    return make


def no_default():
    @dataclass
    class X:
        a: int = 1
        b: int


def mutable():
    @dataclass
    class X:
        a: list = []


def both():
    @dataclass
    class X:
        a: int = field(default=1, default_factory=int)


def no_annotation():
    @dataclass
    class X:
        a = field(default=1)


def order_no_eq():
    @dataclass(order=True, eq=False)
    class X:
        a: int


def frozen_from_not():
    @dataclass(frozen=True)
    class X(Point):
        pass


def not_from_frozen():
    @dataclass
    class X(Version):
        pass


def has_lt():
    @dataclass(order=True)
    class X:
        a: int

        def __lt__(self, other):
            pass


def two_markers():
    @dataclass
    class X:
        a: int
        _: KW_ONLY
        b: int
        __: KW_ONLY


def classvar_factory():
    @dataclass
    class X:
        a: ClassVar[int] = field(default_factory=int)


for make in (no_default, mutable, both, no_annotation, order_no_eq, frozen_from_not, not_from_frozen, has_lt, two_markers, classvar_factory):
    attempt(make)
attempt(fields, 5)
attempt(asdict, Point)
attempt(astuple, 5)
attempt(replace, 5)

C = make_dataclass("C", ["a", ("b", int), ("c", int, field(default=5))], namespace={"total": lambda self: self.b + self.c})
print(C(1, 2), C(1, 2).total(), C.__name__, C.__annotations__)
attempt(make_dataclass, "D", ["a", "a"])
attempt(make_dataclass, "D", ["class"])
attempt(make_dataclass, "D", ["1x"])
print(repr(field(default=3, default_factory=MISSING)).split(",")[2], type(MISSING).__name__, MISSING is dataclasses.MISSING)


@dataclass
class WithText:
    a: "int"
    b: "ClassVar[int]" = 3
    c: "InitVar[int]" = 4
    d: "List[int]" = field(default_factory=lambda: [1])


print(WithText(1), [f.name for f in fields(WithText)])


@dataclass
class Meta:
    a: int = field(metadata={"unit": "m"})


print(fields(Meta)[0].metadata["unit"], dict(fields(Meta)[0].metadata))
match Point(1, 2):
    case Point(x, 2):
        print("matched", x)
print(sum(Point(i, i).x for i in range(1000)))
