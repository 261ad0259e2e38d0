"""Type hints: what can be subscripted in annotations, and classes that are made from annotations.

Nothing is checked here; hints are objects that can be shown, compared and taken apart.
"""

import collections
import collections.abc
import contextlib
import functools
import sys
import types
from _collections import _module_at
from abc import ABCMeta, abstractmethod
from types import GenericAlias

from _typing_forms import *
from _typing_forms import _GenericAlias, _SpecialForm, _SpecialGenericAlias, _UnionGenericAlias, _type_check, _type_repr
from _typing_classes import *
from _typing_classes import _NamedTupleMeta, _ProtocolMeta, _TypedDictMeta

AbstractSet = _SpecialGenericAlias(collections.abc.Set, 1, name="AbstractSet")
AsyncGenerator = _SpecialGenericAlias(collections.abc.AsyncGenerator, 2)
AsyncIterable = _SpecialGenericAlias(collections.abc.AsyncIterable, 1)
AsyncIterator = _SpecialGenericAlias(collections.abc.AsyncIterator, 1)
Awaitable = _SpecialGenericAlias(collections.abc.Awaitable, 1)
ByteString = _SpecialGenericAlias(collections.abc.ByteString, 0)
ChainMap = _SpecialGenericAlias(collections.ChainMap, 2)
Collection = _SpecialGenericAlias(collections.abc.Collection, 1)
Container = _SpecialGenericAlias(collections.abc.Container, 1)
AsyncContextManager = _SpecialGenericAlias(
    contextlib.AbstractAsyncContextManager, 1, name="AsyncContextManager"
)
ContextManager = _SpecialGenericAlias(contextlib.AbstractContextManager, 1, name="ContextManager")
Coroutine = _SpecialGenericAlias(collections.abc.Coroutine, 3)
Counter = _SpecialGenericAlias(collections.Counter, 1)
DefaultDict = _SpecialGenericAlias(collections.defaultdict, 2, name="DefaultDict")
Deque = _SpecialGenericAlias(collections.deque, 1, name="Deque")
Dict = _SpecialGenericAlias(dict, 2, inst=False, name="Dict")
FrozenSet = _SpecialGenericAlias(frozenset, 1, inst=False, name="FrozenSet")
Generator = _SpecialGenericAlias(collections.abc.Generator, 3)
Hashable = _SpecialGenericAlias(collections.abc.Hashable, 0)
ItemsView = _SpecialGenericAlias(collections.abc.ItemsView, 2)
Iterable = _SpecialGenericAlias(collections.abc.Iterable, 1)
Iterator = _SpecialGenericAlias(collections.abc.Iterator, 1)
KeysView = _SpecialGenericAlias(collections.abc.KeysView, 1)
List = _SpecialGenericAlias(list, 1, inst=False, name="List")
Mapping = _SpecialGenericAlias(collections.abc.Mapping, 2)
MappingView = _SpecialGenericAlias(collections.abc.MappingView, 1)
MutableMapping = _SpecialGenericAlias(collections.abc.MutableMapping, 2)
MutableSequence = _SpecialGenericAlias(collections.abc.MutableSequence, 1)
MutableSet = _SpecialGenericAlias(collections.abc.MutableSet, 1)
OrderedDict = _SpecialGenericAlias(collections.OrderedDict, 2)
Reversible = _SpecialGenericAlias(collections.abc.Reversible, 1)
Sequence = _SpecialGenericAlias(collections.abc.Sequence, 1)
Set = _SpecialGenericAlias(set, 1, inst=False, name="Set")
Sized = _SpecialGenericAlias(collections.abc.Sized, 0)
Tuple = _SpecialGenericAlias(tuple, -1, inst=False, name="Tuple")
Type = _SpecialGenericAlias(type, 1, inst=False, name="Type")
ValuesView = _SpecialGenericAlias(collections.abc.ValuesView, 1)
Callable = _SpecialGenericAlias(collections.abc.Callable, -2, name="Callable")

Text = str
TYPE_CHECKING = False
T = TypeVar("T")
KT = TypeVar("KT")
VT = TypeVar("VT")
T_co = TypeVar("T_co", covariant=True)
KT_co = TypeVar("KT_co", covariant=True)
VT_co = TypeVar("VT_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
AnyStr = TypeVar("AnyStr", bytes, str)


class IO(Generic[AnyStr]):
    """A file of text or bytes."""

    __slots__ = ()


class TextIO(IO[str]):
    __slots__ = ()


class BinaryIO(IO[bytes]):
    __slots__ = ()


def cast(typ, val):
    """The value, which is said to be of a type."""
    return val


def assert_type(val, typ, /):
    return val


def reveal_type(obj, /):
    print(f"Runtime type is {type(obj).__name__!r}", file=sys.stderr)
    return obj


def assert_never(arg, /):
    value = repr(arg)
    if len(value) > 100:
        value = value[:100] + "..."
    raise AssertionError(f"Expected code to be unreachable, but got: {value}")


def final(f):
    """Marks what is not to be overridden."""
    try:
        f.__final__ = True
    except (AttributeError, TypeError):
        pass
    return f


def no_type_check(arg):
    """Marks what has annotations that are no type hints."""
    if isinstance(arg, type):
        for value in list(arg.__dict__.values()):
            if isinstance(value, types.FunctionType):
                value.__no_type_check__ = True
    try:
        arg.__no_type_check__ = True
    except TypeError:
        pass
    return arg


def no_type_check_decorator(decorator):
    @functools.wraps(decorator)
    def wrapped(*args, **kwds):
        return no_type_check(decorator(*args, **kwds))

    return wrapped


_overloads = {}


def _overload_dummy(*args, **kwds):
    raise NotImplementedError(
        "You should not call an overloaded function. A series of @overload-decorated functions "
        "outside a stub module should always be followed by an implementation that is not @overload-ed."
    )


def overload(func):
    """Marks one of several signatures of a function."""
    f = getattr(func, "__func__", func)
    _overloads.setdefault((f.__module__, f.__qualname__), []).append(func)
    return _overload_dummy


def get_overloads(func):
    f = getattr(func, "__func__", func)
    return list(_overloads.get((f.__module__, f.__qualname__), []))


def clear_overloads():
    _overloads.clear()


def dataclass_transform(
    *, eq_default=True, order_default=False, kw_only_default=False, field_specifiers=(), **kwargs
):
    def decorator(cls_or_fn):
        cls_or_fn.__dataclass_transform__ = {
            "eq_default": eq_default,
            "order_default": order_default,
            "kw_only_default": kw_only_default,
            "field_specifiers": field_specifiers,
            "kwargs": kwargs,
        }
        return cls_or_fn

    return decorator


# ---- taking hints apart ----


def _evaluated(value, globalns, localns):
    """A hint with the texts in it evaluated."""
    if value is None:
        return type(None)
    if isinstance(value, str):
        value = ForwardRef(value)
    if isinstance(value, ForwardRef):
        return _evaluated(eval(value.__forward_code__, globalns, localns), globalns, localns)
    if isinstance(value, _GenericAlias):
        arguments = tuple(
            _evaluated(a, globalns, localns) if isinstance(a, (ForwardRef, _GenericAlias, GenericAlias)) else a
            for a in value.__args__
        )
        return value if arguments == value.__args__ else value.copy_with(arguments)
    if isinstance(value, GenericAlias):
        arguments = tuple(
            _evaluated(a, globalns, localns) if isinstance(a, (str, ForwardRef, _GenericAlias, GenericAlias)) else a
            for a in value.__args__
        )
        return value if arguments == value.__args__ else GenericAlias(value.__origin__, arguments)
    if isinstance(value, types.UnionType):
        arguments = [_evaluated(a, globalns, localns) for a in value.__args__]
        return functools.reduce(lambda a, b: a | b, arguments)
    return value


def _without_extras(t):
    """A hint without what Annotated and its like say."""
    if isinstance(t, _GenericAlias):
        if t.__origin__ is Annotated:
            return _without_extras(t.__args__[0])
        if t.__origin__ in (Required, NotRequired):
            return _without_extras(t.__args__[0])
        arguments = tuple(_without_extras(a) for a in t.__args__)
        return t if arguments == t.__args__ else t.copy_with(arguments)
    if isinstance(t, GenericAlias):
        arguments = tuple(_without_extras(a) for a in t.__args__)
        return t if arguments == t.__args__ else GenericAlias(t.__origin__, arguments)
    return t


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    """The annotations of a function, class or module, evaluated."""
    if getattr(obj, "__no_type_check__", None):
        return {}
    hints = {}
    if isinstance(obj, type):
        for base in reversed(obj.__mro__):
            if globalns is None:
                module = sys.modules.get(base.__module__, None)
                space = module.__dict__ if module is not None else {}
            else:
                space = globalns
            for name, value in base.__dict__.get("__annotations__", {}).items():
                hints[name] = _evaluated(value, space, dict(vars(base)) if localns is None else localns)
    else:
        space = globalns
        if space is None:
            if isinstance(obj, types.ModuleType):
                space = obj.__dict__
            else:
                inner = obj
                while hasattr(inner, "__wrapped__"):
                    inner = inner.__wrapped__
                space = getattr(inner, "__globals__", {})
        found = getattr(obj, "__annotations__", None)
        if found is None:
            if callable(obj) or isinstance(obj, types.ModuleType):
                return {}
            raise TypeError(f"{obj!r} is not a module, class, method, or function.")
        for name, value in found.items():
            hints[name] = _evaluated(value, space, space if localns is None else localns)
    return hints if include_extras else {k: _without_extras(t) for k, t in hints.items()}


def get_origin(tp):
    """What was subscripted."""
    if isinstance(tp, _GenericAlias):
        return tp.__origin__
    if isinstance(tp, (_SpecialGenericAlias, GenericAlias)) or hasattr(tp, "__origin__"):
        return tp.__origin__
    if tp is Generic:
        return Generic
    if isinstance(tp, types.UnionType):
        return types.UnionType
    return None


def get_args(tp):
    """What it was subscripted with."""
    if isinstance(tp, _GenericAlias) and tp.__origin__ is Annotated:
        return (tp.__args__[0],) + tp.__metadata__
    if isinstance(tp, (_GenericAlias, GenericAlias)) or type(tp).__name__ == "_CallableAlias":
        arguments = tp.__args__
        if tp.__origin__ is collections.abc.Callable and arguments[0] is not Ellipsis:
            arguments = (list(arguments[:-1]), arguments[-1])
        return arguments
    if isinstance(tp, types.UnionType):
        return tp.__args__
    return ()


def is_typeddict(tp):
    return isinstance(tp, _TypedDictMeta)


def NamedTuple(typename, fields=None, /, **kwargs):
    """A named tuple with annotated fields; as a base class, or as a function."""
    if fields is None:
        fields = kwargs.items()
    elif kwargs:
        raise TypeError("Either list of fields or keywords can be provided to NamedTuple, not both")
    return _make_named_tuple(typename, fields, _module_at(1))


def _make_named_tuple(name, fields, module, defaults=()):
    hints = {n: _type_check(t, f"field {n} annotation must be a type") for n, t in fields}
    made = collections.namedtuple(name, hints, defaults=defaults, module=module)
    made.__annotations__ = made.__new__.__annotations__ = hints
    return made


def _named_tuple_entries(bases):
    return (_NamedTuple,)


_NamedTuple = type.__new__(_NamedTupleMeta, "NamedTuple", (), {})
NamedTuple.__mro_entries__ = _named_tuple_entries


def TypedDict(typename, fields=None, /, *, total=True, **kwargs):
    """A dict with annotated keys; as a base class, or as a function."""
    if fields is None:
        fields = kwargs
    elif kwargs:
        raise TypeError("TypedDict takes either a dict or keyword arguments, but not both")
    namespace = {"__annotations__": dict(fields)}
    module = _module_at(1)
    if module is not None:
        namespace["__module__"] = module
    return _TypedDictMeta(typename, (), namespace, total=total)


_TypedDict = type.__new__(_TypedDictMeta, "TypedDict", (), {})
TypedDict.__mro_entries__ = lambda bases: (_TypedDict,)


class NewType:
    """A name for a type that checkers tell from it."""

    def __init__(self, name, tp):
        self.__qualname__ = name
        if "." in name:
            name = name.rpartition(".")[-1]
        self.__name__ = name
        self.__supertype__ = tp
        module = _module_at(1)
        if module != "typing":
            self.__module__ = module

    def __call__(self, x):
        return x

    def __repr__(self):
        return f"{self.__module__}.{self.__qualname__}"

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


@runtime_checkable
class SupportsInt(Protocol):
    __slots__ = ()

    @abstractmethod
    def __int__(self):
        pass


@runtime_checkable
class SupportsFloat(Protocol):
    __slots__ = ()

    @abstractmethod
    def __float__(self):
        pass


@runtime_checkable
class SupportsComplex(Protocol):
    __slots__ = ()

    @abstractmethod
    def __complex__(self):
        pass


@runtime_checkable
class SupportsBytes(Protocol):
    __slots__ = ()

    @abstractmethod
    def __bytes__(self):
        pass


@runtime_checkable
class SupportsIndex(Protocol):
    __slots__ = ()

    @abstractmethod
    def __index__(self):
        pass


@runtime_checkable
class SupportsAbs(Protocol[T_co]):
    __slots__ = ()

    @abstractmethod
    def __abs__(self):
        pass


@runtime_checkable
class SupportsRound(Protocol[T_co]):
    __slots__ = ()

    @abstractmethod
    def __round__(self, ndigits=0):
        pass


# CPython's list, as far as there is something of the name.
__all__ = [
    name
    for name in (
        "Annotated Any Callable ClassVar Concatenate Final ForwardRef Generic Literal Optional ParamSpec "
        "Protocol Tuple Type TypeVar TypeVarTuple Union AbstractSet ByteString Container ContextManager "
        "Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence "
        "MutableSet Sequence Sized ValuesView Awaitable AsyncIterator AsyncIterable Coroutine Collection "
        "AsyncGenerator AsyncContextManager Reversible SupportsAbs SupportsBytes SupportsComplex "
        "SupportsFloat SupportsIndex SupportsInt SupportsRound ChainMap Counter Deque Dict DefaultDict List "
        "OrderedDict Set FrozenSet NamedTuple TypedDict Generator BinaryIO IO TextIO AnyStr assert_type "
        "assert_never cast clear_overloads dataclass_transform final get_args get_origin get_overloads "
        "get_type_hints is_typeddict LiteralString Never NewType no_type_check no_type_check_decorator "
        "NoReturn NotRequired overload ParamSpecArgs ParamSpecKwargs Required reveal_type runtime_checkable "
        "Self Text TYPE_CHECKING TypeAlias TypeGuard Unpack"
    ).split()
    if name in globals()
]
