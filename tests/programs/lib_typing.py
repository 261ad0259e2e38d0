# typing: what hints show, compare and take apart to; generic classes, protocols, named tuples, typed dicts.
import typing
from typing import *


def attempt(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


T = TypeVar("T")
K = TypeVar("K", bound=int)
S = TypeVar("S", int, str)
for hint in [List, List[int], Dict[str, int], Optional[int], Union[int, str], Union[int, None], Union[int], Union[int, int, str], Tuple[int, ...], Tuple[()],
             Tuple[int, str], Callable, Callable[[int], str], Callable[..., int], Callable[[], None], Any, ClassVar[int], Final[str], Literal[1, "a"], Type[int],
             Iterable[T], Mapping[K, List[T]], Annotated[int, "m"], List["Node"], Optional[List[int]], Union[List[int], None], NoReturn, Set[int], FrozenSet[str],
             Deque[int], DefaultDict[str, int], Counter[str], Generator[int, None, str], Iterator[int], Sequence[int], AbstractSet[int], ContextManager[int],
             List[list[int]], list[T], Dict[str, Any], Awaitable[int], Type[Any], Union[int, str, List[int]], Literal["x"], T, K, S]:
    print(hint, get_origin(hint), get_args(hint))
print(List[int] == List[int], List[int] == List[str], hash(List[int]) == hash(List[int]), Union[int, str] == Union[str, int], Optional[int] == Union[int, None])
print(List[T][int], Dict[K, T][int, str], Union[T, int][str], Callable[[T], K][str, int], Tuple[T, T][int], Mapping[str, List[T]][bool])
print(T.__name__, T.__bound__, K.__bound__, S.__constraints__, TypeVar("C", covariant=True), TypeVar("D", contravariant=True), Iterable[T].__parameters__)
print(int | List[int], List[int] | None, Optional[int] | str)
print(isinstance([], List), isinstance({}, Mapping), issubclass(list, Sequence), isinstance(5, Hashable), List is List, List[int].__origin__, List.__name__)
attempt(isinstance, [], List[int])
attempt(lambda: Union[()])
attempt(lambda: List[int, str])
attempt(lambda: Dict[int])
attempt(lambda: Optional[1, 2])
attempt(lambda: Callable[int])
attempt(lambda: List[int][str])
attempt(lambda: TypeVar("X", int))
attempt(lambda: TypeVar("X", covariant=True, contravariant=True))
attempt(lambda: Any())
attempt(lambda: Union())
attempt(lambda: List[5])
attempt(lambda: isinstance(5, Any))
attempt(lambda: List())
attempt(lambda: ClassVar[1])


class Stack(Generic[T]):
    def __init__(self):
        self.items: List[T] = []

    def push(self, item: T) -> None:
        self.items.append(item)


class Pair(Generic[K, T]):
    pass


class IntStack(Stack[int]):
    pass


s = Stack[int]()
s.push(5)
print(s.items, Stack[int], Stack.__parameters__, Pair.__parameters__, Pair[int, str], IntStack.__mro__, IntStack.__orig_bases__, s.__orig_class__, Stack[T][str])
attempt(lambda: Stack[int, str])
attempt(lambda: IntStack[int])
attempt(lambda: type("X", (Generic,), {}))
attempt(lambda: Generic[int])


class Base(List[int]):
    pass


print(Base([1, 2]), Base.__mro__[1], isinstance(Base(), list))


class Sized2(Protocol):
    def size(self) -> int: ...


@runtime_checkable
class Closes(Protocol):
    def close(self): ...


@runtime_checkable
class Named(Protocol):
    name: str


class File:
    name = "f"

    def close(self):
        pass


class Explicit(Closes):
    pass


print(isinstance(File(), Closes), isinstance(5, Closes), issubclass(File, Closes), isinstance(File(), Named), isinstance(5, Named), isinstance(Explicit(), Closes))
attempt(isinstance, 5, Sized2)
attempt(issubclass, int, Sized2)
attempt(lambda: Closes())
attempt(issubclass, int, Named)
print(isinstance(5, SupportsInt), isinstance("a", SupportsInt), isinstance(5, SupportsIndex), isinstance(1.5, SupportsAbs))


class Employee(NamedTuple):
    """An employee."""

    name: str
    id: int = 3

    def greet(self):
        return "hi " + self.name


e = Employee("Ann")
print(e, e.greet(), e._fields, Employee._field_defaults, Employee.__annotations__, e._replace(id=9), e == ("Ann", 3), isinstance(e, tuple), Employee.__doc__)
Coord = NamedTuple("Coord", [("x", int), ("y", int)])
print(Coord(1, 2), Coord.__annotations__, Coord.__module__)


def bad_order():
    class X(NamedTuple):
        a: int = 1
        b: int


attempt(bad_order)


class Movie(TypedDict):
    title: str
    year: int


class Extended(Movie, total=False):
    rating: float


m = Movie(title="A", year=1)
print(m, type(m), Movie.__annotations__, sorted(Movie.__required_keys__), sorted(Extended.__optional_keys__), Extended.__total__, is_typeddict(Movie))
attempt(isinstance, {}, Movie)
UserId = NewType("UserId", int)
print(UserId(5), UserId.__name__, UserId.__supertype__, UserId)
print(cast(int, "x"), TYPE_CHECKING, Text)


def annotated(a: int, b: "List[str]", c: Optional["int"] = None, *args: T, **kw: Any) -> "Employee":
    pass


print(get_type_hints(annotated))


class Hinted(File):
    x: int
    y: "Optional[File]" = None


print(get_type_hints(Hinted), get_type_hints(Employee), get_type_hints(int))


@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x):
    return x


@final
class Sealed:
    pass


print(f(5), len(get_overloads(f)), Sealed.__final__)
print(ForwardRef("A") == ForwardRef("A"), ForwardRef("A"), repr(List["A"]), Annotated[int, 1, 2], get_args(Annotated[int, 1, 2]), Annotated[Annotated[int, 1], 2])
P = ParamSpec("P")
print(P, P.args, P.kwargs, Callable[P, int], Concatenate[int, P])
print(typing.List[int].__module__, typing.Any is Any, Self, Never, LiteralString, TypeAlias)
for name in typing.__all__:
    assert hasattr(typing, name), name
attempt(lambda: assert_never(5))
print(assert_type(5, int))
