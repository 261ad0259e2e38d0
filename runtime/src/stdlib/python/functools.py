"""Functions over functions. What is hot (partial, reduce, the wrapper of lru_cache) is native."""

from _functools import _lru_cache_wrapper, partial, reduce
from types import GenericAlias

__all__ = [
    "update_wrapper", "wraps", "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "total_ordering", "cache",
    "cmp_to_key", "lru_cache", "reduce", "partial", "partialmethod", "singledispatch",
    "singledispatchmethod", "cached_property",
]

WRAPPER_ASSIGNMENTS = ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__")
WRAPPER_UPDATES = ("__dict__",)


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """Makes a wrapper look like what it wraps."""
    for name in assigned:
        try:
            value = getattr(wrapped, name)
        except AttributeError:
            continue
        setattr(wrapper, name, value)
    for name in updated:
        getattr(wrapper, name).update(getattr(wrapped, name, {}))
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    """A decorator that applies update_wrapper."""
    return partial(update_wrapper, wrapped=wrapped, assigned=assigned, updated=updated)


# ---- total_ordering ----


def _derive(root, negated, combine):
    """A comparison that follows from another: its answer, perhaps negated, combined with equality."""

    def method(self, other):
        answer = getattr(type(self), root)(self, other)
        if answer is NotImplemented:
            return answer
        return combine(not answer if negated else answer, self, other)

    return method


def _as_is(answer, self, other):
    return answer


def _or_equal(answer, self, other):
    return answer or self == other


def _and_unequal(answer, self, other):
    return answer and self != other


_DERIVED = {
    "__lt__": [("__gt__", True, _and_unequal), ("__le__", False, _or_equal), ("__ge__", True, _as_is)],
    "__le__": [("__ge__", True, _or_equal), ("__lt__", False, _and_unequal), ("__gt__", True, _as_is)],
    "__gt__": [("__lt__", True, _and_unequal), ("__ge__", False, _or_equal), ("__le__", True, _as_is)],
    "__ge__": [("__le__", True, _or_equal), ("__gt__", False, _and_unequal), ("__lt__", True, _as_is)],
}


def total_ordering(cls):
    """A class decorator: the comparisons that the class doesn't define follow from the one that it does."""
    roots = {op for op in _DERIVED if getattr(cls, op, None) is not getattr(object, op, None)}
    if not roots:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = max(roots)  # __lt__ before __le__ before __gt__ before __ge__
    for name, negated, combine in _DERIVED[root]:
        if name not in roots:
            method = _derive(root, negated, combine)
            method.__name__ = name
            method.__qualname__ = name
            method.__doc__ = getattr(int, name).__doc__
            setattr(cls, name, method)
    return cls


# ---- cmp_to_key ----


def cmp_to_key(mycmp):
    """Makes a key function of a comparison function."""

    class K:
        __slots__ = ["obj"]

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return mycmp(self.obj, other.obj) < 0

        def __gt__(self, other):
            return mycmp(self.obj, other.obj) > 0

        def __eq__(self, other):
            return mycmp(self.obj, other.obj) == 0

        def __le__(self, other):
            return mycmp(self.obj, other.obj) <= 0

        def __ge__(self, other):
            return mycmp(self.obj, other.obj) >= 0

        __hash__ = None

    return K


# ---- partialmethod ----


class partialmethod:
    """A method with some of its arguments given."""

    def __init__(self, func, /, *args, **keywords):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError("{!r} is not callable or a descriptor".format(func))
        if isinstance(func, partialmethod):
            self.func = func.func
            self.args = func.args + args
            self.keywords = {**func.keywords, **keywords}
        else:
            self.func = func
            self.args = args
            self.keywords = keywords

    def __repr__(self):
        arguments = [repr(self.func)]
        arguments.extend(map(repr, self.args))
        arguments.extend("{}={!r}".format(k, v) for k, v in self.keywords.items())
        cls = type(self)
        return "{}.{}({})".format(cls.__module__, cls.__qualname__, ", ".join(arguments))

    def _make_unbound_method(self):
        def _method(cls_or_self, /, *args, **keywords):
            keywords = {**self.keywords, **keywords}
            return self.func(cls_or_self, *self.args, *args, **keywords)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method._partialmethod = self
        return _method

    def __get__(self, obj, cls=None):
        get = getattr(self.func, "__get__", None)
        if get is not None:
            bound = get(obj, cls)
            if bound is not self.func:
                # What is bound already gets the arguments only.
                result = partial(bound, *self.args, **self.keywords)
                try:
                    result.__self__ = bound.__self__
                except AttributeError:
                    pass
                return result
        return self._make_unbound_method().__get__(obj, cls)

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)

    __class_getitem__ = classmethod(GenericAlias)


# ---- lru_cache ----

_CacheInfo = None


def _cache_info(hits, misses, maxsize, currsize):
    """Makes the named tuple of cache_info(); its class only when somebody asks."""
    global _CacheInfo
    if _CacheInfo is None:
        from collections import namedtuple

        _CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"], module="functools")
    return _CacheInfo(hits, misses, maxsize, currsize)


def lru_cache(maxsize=128, typed=False):
    """A decorator that keeps the results of the calls made last."""
    if isinstance(maxsize, int):
        if maxsize < 0:
            maxsize = 0
    elif callable(maxsize) and isinstance(typed, bool):
        return _cached(maxsize, 128, typed)
    elif maxsize is not None:
        raise TypeError("Expected first argument to be an integer, a callable, or None")
    return lambda user_function: _cached(user_function, maxsize, typed)


def _cached(user_function, maxsize, typed):
    wrapper = _lru_cache_wrapper(user_function, maxsize, typed, _cache_info)
    wrapper.cache_parameters = lambda: {"maxsize": maxsize, "typed": typed}
    return update_wrapper(wrapper, user_function)


def cache(user_function, /):
    """A decorator that keeps all results."""
    return lru_cache(maxsize=None)(user_function)


# ---- cached_property ----

_NOT_FOUND = object()


class cached_property:
    """A property that is computed once and then an attribute of the instance."""

    def __init__(self, func):
        self.func = func
        self.attrname = None
        self.__doc__ = func.__doc__

    def __set_name__(self, owner, name):
        if self.attrname is None:
            self.attrname = name
        elif name != self.attrname:
            raise TypeError(
                "Cannot assign the same cached_property to two different names "
                f"({self.attrname!r} and {name!r})."
            )

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        if self.attrname is None:
            raise TypeError("Cannot use cached_property instance without calling __set_name__ on it.")
        try:
            attributes = instance.__dict__
        except AttributeError:
            raise TypeError(
                f"No '__dict__' attribute on {type(instance).__name__!r} "
                f"instance to cache {self.attrname!r} property."
            ) from None
        value = attributes.get(self.attrname, _NOT_FOUND)
        if value is _NOT_FOUND:
            value = self.func(instance)
            try:
                attributes[self.attrname] = value
            except TypeError:
                raise TypeError(
                    f"The '__dict__' attribute on {type(instance).__name__!r} instance "
                    f"does not support item assignment for caching {self.attrname!r} property."
                ) from None
        return value

    __class_getitem__ = classmethod(GenericAlias)


# ---- singledispatch ----


def _merge(sequences):
    """C3: merges sequences of classes so that each keeps its order."""
    result = []
    while True:
        sequences = [s for s in sequences if s]
        if not sequences:
            return result
        for sequence in sequences:
            candidate = sequence[0]
            if not any(candidate in s[1:] for s in sequences):
                break
        else:
            raise RuntimeError("Inconsistent hierarchy")
        result.append(candidate)
        for s in sequences:
            if s[0] is candidate:
                del s[0]


def _linear(cls, abcs):
    """The MRO of a class with abstract classes in it that it is registered with."""
    for i, base in enumerate(reversed(cls.__bases__)):
        if hasattr(base, "__abstractmethods__"):
            boundary = len(cls.__bases__) - i
            break
    else:
        boundary = 0
    abcs = list(abcs)
    explicit, other = list(cls.__bases__[:boundary]), list(cls.__bases__[boundary:])
    abstract = [b for b in abcs if issubclass(cls, b) and not any(issubclass(c, b) for c in cls.__bases__)]
    for base in abstract:
        abcs.remove(base)
    orders = [_linear(base, abcs) for base in explicit + abstract + other]
    return _merge([[cls]] + orders + [explicit] + [abstract] + [other])


def _compose(cls, types):
    """The MRO of a class, with those of the types that it is an implicit subclass of."""
    bases = set(cls.__mro__)

    def is_related(typ):
        return typ not in bases and hasattr(typ, "__mro__") and issubclass(cls, typ)

    types = [t for t in types if is_related(t)]

    def is_strict_base(typ):
        return any(typ is not other and typ in other.__mro__ for other in types)

    types = [t for t in types if not is_strict_base(t)]
    known = set(types)
    order = []
    for typ in types:
        found = []
        for sub in typ.__subclasses__():
            if sub not in bases and issubclass(cls, sub):
                found.append([s for s in sub.__mro__ if s in known])
        if not found:
            order.append(typ)
            continue
        found.sort(key=len, reverse=True)
        for sub in found:
            for t in sub:
                if t not in order:
                    order.append(t)
    return _linear(cls, order)


def _find(cls, registry):
    match = None
    mro = _compose(cls, registry.keys())
    for t in mro:
        if match is not None:
            # Of two abstract classes that both fit, neither comes first.
            if (
                t in registry and t not in cls.__mro__ and match not in cls.__mro__
                and not issubclass(match, t)
            ):
                raise RuntimeError("Ambiguous dispatch: {} or {}".format(match, t))
            break
        if t in registry:
            match = t
    return registry.get(match)


def singledispatch(func):
    """Makes a function that picks an implementation by the class of its first argument."""
    registry = {}
    known = {}
    token = None

    def dispatch(cls):
        nonlocal token
        if token is not None:
            from abc import get_cache_token

            current = get_cache_token()
            if token != current:
                known.clear()
                token = current
        try:
            return known[cls]
        except KeyError:
            try:
                found = registry[cls]
            except KeyError:
                found = _find(cls, registry)
            known[cls] = found
            return found

    def union_args(cls):
        from types import UnionType

        if isinstance(cls, UnionType):
            return cls.__args__
        if getattr(cls, "__origin__", None) is not None and type(cls).__module__ == "typing":
            from typing import Union

            if cls.__origin__ is Union:
                return cls.__args__
        return None

    def is_dispatchable(cls):
        if isinstance(cls, type) and not isinstance(cls, GenericAlias):
            return True
        arguments = union_args(cls)
        return arguments is not None and all(isinstance(a, type) for a in arguments)

    def register(cls, func=None):
        nonlocal token
        if is_dispatchable(cls):
            if func is None:
                return lambda f: register(cls, f)
        else:
            if func is not None:
                raise TypeError(
                    f"Invalid first argument to `register()`. {cls!r} is not a class or union type."
                )
            annotations = getattr(cls, "__annotations__", {})
            if not annotations:
                raise TypeError(
                    f"Invalid first argument to `register()`: {cls!r}. "
                    "Use either `@register(some_class)` or plain `@register` on an annotated function."
                )
            func = cls
            from typing import get_type_hints

            name, cls = next(iter(get_type_hints(func).items()))
            if not is_dispatchable(cls):
                if union_args(cls) is not None:
                    raise TypeError(
                        f"Invalid annotation for {name!r}. {cls!r} not all arguments are classes."
                    )
                raise TypeError(f"Invalid annotation for {name!r}. {cls!r} is not a class.")
        for each in union_args(cls) or (cls,):
            registry[each] = func
            if token is None and hasattr(each, "__abstractmethods__"):
                from abc import get_cache_token

                token = get_cache_token()
        known.clear()
        return func

    def wrapper(*args, **kw):
        if not args:
            raise TypeError(f"{name} requires at least 1 positional argument")
        return dispatch(args[0].__class__)(*args, **kw)

    name = getattr(func, "__name__", "singledispatch function")
    registry[object] = func
    wrapper.register = register
    wrapper.dispatch = dispatch
    from types import MappingProxyType

    wrapper.registry = MappingProxyType(registry)
    wrapper._clear_cache = known.clear
    update_wrapper(wrapper, func)
    return wrapper


class singledispatchmethod:
    """singledispatch for methods: by the class of the first argument after self or cls."""

    def __init__(self, func):
        if not callable(func) and not hasattr(func, "__get__"):
            raise TypeError(f"{func!r} is not callable or a descriptor")
        self.dispatcher = singledispatch(func)
        self.func = func

    def register(self, cls, method=None):
        return self.dispatcher.register(cls, func=method)

    def __get__(self, obj, cls=None):
        def _method(*args, **kwargs):
            method = self.dispatcher.dispatch(args[0].__class__)
            return method.__get__(obj, cls)(*args, **kwargs)

        _method.__isabstractmethod__ = self.__isabstractmethod__
        _method.register = self.register
        update_wrapper(_method, self.func)
        return _method

    @property
    def __isabstractmethod__(self):
        return getattr(self.func, "__isabstractmethod__", False)
