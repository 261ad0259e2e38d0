# enum: members, aliases, data types, flags, and error messages.
from enum import *
import copy


def attempt(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1

    def describe(self):
        return self.name.lower(), self.value

    @classmethod
    def default(cls):
        return cls.RED

    @property
    def bright(self):
        return self is not Color.BLUE


print(Color, Color.RED, repr(Color.GREEN), Color.CRIMSON is Color.RED, len(Color), list(Color), list(reversed(Color)))
print(Color(2), Color["BLUE"], Color.RED.describe(), Color.default(), Color.BLUE.bright, Color.RED.name, Color.RED.value)
print(Color.RED == Color.RED, Color.RED == 1, Color.RED != Color.GREEN, Color.RED in Color, {Color.RED: 1}[Color.CRIMSON], isinstance(Color.RED, Color))
print(Color.__members__["CRIMSON"], list(Color.__members__), type(Color), Color.RED.__class__, hash(Color.RED) == hash("RED"), bool(Color))
print(f"{Color.RED}", f"{Color.RED!r:>20}", "%s" % Color.RED, str(Color.RED).ljust(12) + "|", format(Color.RED, ">12"))
print(copy.copy(Color.RED) is Color.RED, copy.deepcopy([Color.RED])[0] is Color.RED, Color.__name__, Color.__qualname__, Color.__module__)
attempt(lambda: Color(9))
attempt(lambda: Color["PINK"])
attempt(lambda: Color.PINK)
attempt(lambda: Color.RED < Color.GREEN)
attempt(lambda: setattr(Color, "RED", 5))
attempt(lambda: delattr(Color, "RED"))
attempt(lambda: setattr(Color.RED, "value", 5))
attempt(lambda: type("Sub", (Color,), {}))
attempt(lambda: Color())
Color.extra = 5
print(Color.extra)


def redefine():
    class Twice(Enum):
        A = 1
        A = 2


attempt(redefine)


def reserved():
    class Bad(Enum):
        _bad_ = 1


attempt(reserved)


def mro_name():
    class Bad(Enum):
        mro = 1


attempt(mro_name)


@unique
class Distinct(Enum):
    A = 1
    B = 2


def duplicates():
    @unique
    class Bad(Enum):
        A = 1
        B = 1
        C = 1


attempt(duplicates)


class Auto(Enum):
    A = auto()
    B = auto()
    C = 10
    D = auto()


print([m.value for m in Auto])


class Named(Enum):
    def _generate_next_value_(name, start, count, last_values):
        return (name, start, count, list(last_values))

    X = auto()
    Y = auto()


print([m.value for m in Named])


class Number(IntEnum):
    ONE = 1
    TWO = 2


print(Number.ONE + 1, Number.TWO, repr(Number.TWO), Number.ONE < Number.TWO, Number.TWO == 2, f"{Number.ONE:03}", sorted([Number.TWO, Number.ONE]), [10, 20, 30][Number.ONE])
print(isinstance(Number.ONE, int), Number(2), {1: "a"}[Number.ONE], int(Number.TWO), "%d %s" % (Number.ONE, Number.ONE), Number.ONE.real, Number.TWO * 2.5)
attempt(lambda: Number(7))


class Word(StrEnum):
    HELLO = auto()
    BYE = "good bye"


print(Word.HELLO, repr(Word.BYE), Word.BYE.upper(), Word.HELLO == "hello", Word("good bye"), f"{Word.HELLO:>8}", Word.HELLO + "!")


def not_text():
    class Bad(StrEnum):
        A = 1


attempt(not_text)


class Planet(Enum):
    MERCURY = (3.303e23, 2.4397e6)
    EARTH = (5.976e24, 6.37814e6)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def gravity(self):
        return 6.673e-11 * self.mass / (self.radius * self.radius)


print(Planet.EARTH.value, round(Planet.EARTH.gravity, 3), Planet((3.303e23, 2.4397e6)), Planet.MERCURY.mass)


class Coordinate(bytes, Enum):
    def __new__(cls, value, label):
        obj = bytes.__new__(cls, [value])
        obj._value_ = value
        obj.label = label
        return obj

    PX = (80, "P.X")
    PY = (81, "P.Y")


print(Coordinate.PX, Coordinate.PX.value, Coordinate.PY.label, Coordinate(81), Coordinate.PX == b"P")


class Missing(Enum):
    KNOWN = 1
    OTHER = 2

    @classmethod
    def _missing_(cls, value):
        if value == "raise":
            raise KeyError("raised inside")
        if value == "bad":
            return 5
        return cls.OTHER if isinstance(value, str) else None


print(Missing("anything"))
attempt(lambda: Missing(99))
attempt(lambda: Missing("bad"))
attempt(lambda: Missing("raise"))


class Unhashable(Enum):
    A = [1]
    B = {"k": 1}


print(Unhashable([1]), Unhashable({"k": 1}), Unhashable.A.value)


class Perm(Flag):
    R = 4
    W = 2
    X = 1
    RWX = 7


print(Perm.R | Perm.W, repr(Perm.R | Perm.W), Perm.RWX, list(Perm), list(Perm.RWX), len(Perm.RWX), Perm.R in Perm.RWX, Perm.R in (Perm.W | Perm.X))
print(~Perm.R, Perm(0), repr(Perm(0)), bool(Perm(0)), Perm.R & Perm.W, Perm.RWX ^ Perm.X, Perm(5), repr(Perm(6)), Perm.R | Perm.W | Perm.X is Perm.RWX)
print(Perm(-1), Perm["RWX"], Perm.RWX.name, Perm(3).name, Perm(0).name, hash(Perm(5)) == hash(Perm.R | Perm.X), Perm(5) is (Perm.R | Perm.X))
attempt(lambda: Perm(8))
attempt(lambda: Perm.R | 1)
attempt(lambda: 1 in Perm.R)
attempt(lambda: Perm("x"))


class Style(Flag):
    BOLD = auto()
    ITALIC = auto()
    UNDER = auto()
    ALL = BOLD | ITALIC | UNDER


print([s.value for s in Style], Style.ALL, Style.ALL & ~Style.BOLD, [s.name for s in Style.ALL])


class Mode(IntFlag):
    READ = 1
    WRITE = 2
    EXEC = 4


print(Mode.READ | Mode.WRITE, repr(Mode.READ | Mode.EXEC), Mode.READ + 1, Mode(8), repr(Mode(9)), Mode.READ | 8, ~Mode.READ, repr(~Mode.READ), Mode(7) == 7)
print(f"{Mode.READ}", isinstance(Mode.READ | Mode.WRITE, Mode), Mode.READ & 3, list(Mode(5)), Mode(0), repr(Mode(0)), 4 | Mode.READ)


class Strict(Flag, boundary=STRICT):
    A = 1
    B = 4


class Conform(Flag, boundary=CONFORM):
    A = 1
    B = 4


class Eject(IntFlag, boundary=EJECT):
    A = 1
    B = 4


class Keep(Flag, boundary=KEEP):
    A = 1
    B = 4


attempt(lambda: Strict(3))
attempt(lambda: Conform(7))
attempt(lambda: (Eject(7), type(Eject(7))))
attempt(lambda: (Keep(7), Keep(-2)))

Animal = Enum("Animal", "CAT DOG")
Fruit = Enum("Fruit", {"APPLE": "a", "PEAR": "p"})
Pairs = IntEnum("Pairs", [("A", 10), ("B", 20)])
Bits = Flag("Bits", ["X", "Y"], start=4)
print(list(Animal), list(Fruit), list(Pairs), list(Bits), Animal.CAT.__module__, Enum("E", "A", module="m", qualname="q.E").__qualname__)


class Holder(Enum):
    @member
    def method_member(x):
        return x

    plain = nonmember(5)

    class Inner(Enum):
        Z = 1


print(type(Holder.method_member).__name__, Holder.plain, [m.name for m in Holder])


@verify(CONTINUOUS, UNIQUE)
class Cont(Enum):
    A = 1
    B = 2


def holes():
    @verify(CONTINUOUS)
    class Bad(Enum):
        A = 1
        C = 3


attempt(holes)


class Hidden(Enum):
    __private = 3
    _ignore_ = ["tmp"]
    tmp = 1
    A = tmp + 1


print(list(Hidden), Hidden._Hidden__private)
match Color(3):
    case Color.RED:
        print("red")
    case Color.BLUE:
        print("blue")
total = 0
for _ in range(200):
    for c in Color:
        if c is Color.RED or c == Color.BLUE:
            total += c.value
print(total)
