"""Weak references: tables that don't keep their keys or values alive, proxies, and finalizers.

The references themselves are native: see the module `_weakref`.
"""
import _collections_abc
import operator
from _weakref import ReferenceType, getweakrefcount, getweakrefs

ref = ReferenceType

__all__ = [
    'CallableProxyType', 'KeyedRef', 'ProxyType', 'ProxyTypes', 'ReferenceType', 'WeakKeyDictionary', 'WeakMethod',
    'WeakSet', 'WeakValueDictionary', 'finalize', 'getweakrefcount', 'getweakrefs', 'proxy', 'ref',
]


class _Guard:
    """While somebody iterates over a table, entries of dead objects stay; they are removed when the last one has finished."""
    __slots__ = ('owner', 'depth', 'dead')

    def __init__(self, owner):
        # The table's references hold this guard: if it held the table, a table that nobody has would wait for the collector.
        self.owner = ref(owner)
        self.depth = 0
        self.dead = []

    def remove(self, key, reference):
        """The entry of a dead object goes, unless it has been replaced."""
        if self.depth:
            self.dead.append((key, reference))
            return
        owner = self.owner()
        if owner is None:
            return
        data = owner.data
        try:
            found = data[key]
        except KeyError:
            return
        if found is reference or reference is None:
            del data[key]

    def __enter__(self):
        self.depth += 1

    def __exit__(self, kind, value, traceback):
        self.depth -= 1
        self.settle()

    def settle(self):
        while self.dead and not self.depth:
            self.remove(*self.dead.pop())


class _Table:
    """What all tables have: entries in `data`, a guard of them, and a function for references whose object dies."""

    def _prepare(self):
        self.data = {}
        guard, entry = _Guard(self), self._entry
        self._guard = guard
        self._forget = lambda reference: guard.remove(*entry(reference))

    @staticmethod
    def _entry(reference):
        """The key of a dead reference's entry, and what it must still hold, if that matters: it is the key itself, unless a table says more."""
        return reference, None

    def __len__(self):
        return len(self.data) - len(self._guard.dead)


class _Keyed(_Table):
    """A table whose keys are the references."""

    def __contains__(self, key):
        try:
            reference = ref(key)
        except TypeError:
            return False
        return reference in self.data


class _Mapping(_Table, _collections_abc.MutableMapping):
    """What both mappings do alike."""

    def __repr__(self):
        return f'<{type(self).__name__} at {id(self):#x}>'

    def __or__(self, other):
        if not isinstance(other, _collections_abc.Mapping):
            return NotImplemented
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other):
        if not isinstance(other, _collections_abc.Mapping):
            return NotImplemented
        made = self.__class__(other)
        made.update(self)
        return made

    def __ior__(self, other):
        self.update(other)
        return self


class KeyedRef(ref):
    """A weak reference that knows under which key it is kept."""
    __slots__ = ('key',)

    def __new__(cls, object, callback, key):
        self = super().__new__(cls, object, callback)
        self.key = key
        return self

    def __init__(self, object, callback, key):
        super().__init__(object, callback)


class WeakValueDictionary(_Mapping):
    """A mapping that keeps its values weakly: the entry of a value that dies is gone."""

    def __init__(self, other=(), /, **kw):
        self._prepare()
        self.update(other, **kw)

    @staticmethod
    def _entry(reference):
        return reference.key, reference

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self._guard.settle()
        self.data[key] = KeyedRef(value, self._forget, key)

    def __delitem__(self, key):
        self._guard.settle()
        del self.data[key]

    def __contains__(self, key):
        reference = self.data.get(key)
        return reference is not None and reference() is not None

    def __iter__(self):
        with self._guard:
            for key, reference in self.data.items():
                if reference() is not None:
                    yield key

    keys = __iter__

    def values(self):
        with self._guard:
            for reference in self.data.values():
                value = reference()
                if value is not None:
                    yield value

    def items(self):
        with self._guard:
            for key, reference in self.data.items():
                value = reference()
                if value is not None:
                    yield key, value

    def itervaluerefs(self):
        with self._guard:
            yield from self.data.values()

    def valuerefs(self):
        return list(self.data.values())

    def get(self, key, default=None):
        reference = self.data.get(key)
        value = None if reference is None else reference()
        return default if value is None else value

    def setdefault(self, key, default=None):
        value = self.get(key)
        if value is None:
            self[key] = value = default
        return value

    def pop(self, key, *default):
        self._guard.settle()
        reference = self.data.pop(key, None)
        value = None if reference is None else reference()
        if value is not None:
            return value
        if default:
            return default[0]
        raise KeyError(key)

    def popitem(self):
        self._guard.settle()
        while True:
            key, reference = self.data.popitem()
            value = reference()
            if value is not None:
                return key, value

    def update(self, other=(), /, **kw):
        if hasattr(other, 'items'):
            other = other.items()
        elif hasattr(other, 'keys'):
            other = [(key, other[key]) for key in other.keys()]
        for key, value in other:
            self[key] = value
        for key, value in kw.items():
            self[key] = value

    def copy(self):
        return WeakValueDictionary(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy
        made = self.__class__()
        for key, value in self.items():
            made[deepcopy(key, memo)] = value
        return made


class WeakKeyDictionary(_Keyed, _Mapping):
    """A mapping that keeps its keys weakly: the entry of a key that dies is gone."""

    def __init__(self, dict=None):
        self._prepare()
        if dict is not None:
            self.update(dict)

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self._guard.settle()
        self.data[ref(key, self._forget)] = value

    def __delitem__(self, key):
        self._guard.settle()
        del self.data[ref(key)]

    def __iter__(self):
        with self._guard:
            for reference in self.data:
                key = reference()
                if key is not None:
                    yield key

    keys = __iter__

    def values(self):
        with self._guard:
            for reference, value in self.data.items():
                if reference() is not None:
                    yield value

    def items(self):
        with self._guard:
            for reference, value in self.data.items():
                key = reference()
                if key is not None:
                    yield key, value

    def keyrefs(self):
        return list(self.data)

    def get(self, key, default=None):
        return self.data.get(ref(key), default)

    def setdefault(self, key, default=None):
        return self.data.setdefault(ref(key, self._forget), default)

    def pop(self, key, *default):
        self._guard.settle()
        return self.data.pop(ref(key), *default)

    def popitem(self):
        self._guard.settle()
        while True:
            reference, value = self.data.popitem()
            key = reference()
            if key is not None:
                return key, value

    def update(self, dict=None, /, **kw):
        if dict is not None:
            if not hasattr(dict, 'items'):
                dict = type({})(dict)
            for key, value in dict.items():
                self[key] = value
        if kw:
            self.update(kw)

    def copy(self):
        return WeakKeyDictionary(self)

    __copy__ = copy

    def __deepcopy__(self, memo):
        from copy import deepcopy
        made = self.__class__()
        for key, value in self.items():
            made[key] = deepcopy(value, memo)
        return made


class WeakSet(_Keyed, _collections_abc.MutableSet):
    """A set that keeps its items weakly."""

    def __init__(self, data=None):
        self._prepare()
        if data is not None:
            self.update(data)

    def __iter__(self):
        with self._guard:
            for reference in self.data:
                item = reference()
                if item is not None:
                    yield item

    def __repr__(self):
        return repr(set(self)) if self.data else 'set()'

    def add(self, item):
        self._guard.settle()
        self.data.setdefault(ref(item, self._forget))

    def discard(self, item):
        self._guard.settle()
        self.data.pop(ref(item), None)

    def remove(self, item):
        self._guard.settle()
        try:
            del self.data[ref(item)]
        except KeyError:
            raise KeyError(item) from None

    def pop(self):
        self._guard.settle()
        while self.data:
            item = self.data.popitem()[0]()
            if item is not None:
                return item
        raise KeyError('pop from empty WeakSet')

    def clear(self):
        self._guard.settle()
        self.data.clear()

    def update(self, other):
        for item in other:
            self.add(item)

    def copy(self):
        return self.__class__(self)

    __copy__ = copy

    def union(self, other):
        made = self.copy()
        made.update(other)
        return made

    __or__ = union

    def intersection(self, other):
        return self.__class__(item for item in other if item in self)

    __and__ = intersection

    def difference(self, other):
        gone = set(other)
        return self.__class__(item for item in self if item not in gone)

    __sub__ = difference

    def symmetric_difference(self, other):
        other = self.__class__(other)
        return self.difference(other).union(other.difference(self))

    __xor__ = symmetric_difference

    def issubset(self, other):
        return set(self).issubset(other)

    def issuperset(self, other):
        return set(self).issuperset(other)

    def __eq__(self, other):
        if not isinstance(other, self.__class__):
            return NotImplemented
        return set(self) == set(other)

    __le__ = issubset
    __ge__ = issuperset

    def __lt__(self, other):
        return set(self) < set(other)

    def __gt__(self, other):
        return set(self) > set(other)

    def isdisjoint(self, other):
        return not any(item in self for item in other)


class WeakMethod(ref):
    """A weak reference to a bound method: it lives as long as the object and the function do."""
    __slots__ = ('_function', '_told', '_alive', '__weakref__')

    def __new__(cls, method, callback=None):
        try:
            object, function = method.__self__, method.__func__
        except AttributeError:
            raise TypeError(f'argument should be a bound method, not {type(method)}') from None

        def told(_):
            self = weak_self()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = super().__new__(cls, object, told)
        self._function = ref(function, told)
        self._alive = True
        weak_self = ref(self)
        self._told = told
        return self

    def __init__(self, method, callback=None):
        super().__init__(method, callback)

    def __call__(self):
        object, function = super().__call__(), self._function()
        if object is None or function is None:
            return None
        return function.__get__(object)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return super().__eq__(other) and self._function == other._function

    __hash__ = ref.__hash__


# ---- proxies ----

_get = object.__getattribute__
_set = object.__setattr__


def _object(proxy):
    """What a proxy stands for."""
    found = _get(proxy, '_proxied')()
    if found is None:
        raise ReferenceError('weakly-referenced object no longer exists')
    return found


def _bare(value):
    """The value, or what it stands for."""
    return _object(value) if isinstance(value, ProxyType) else value


class ProxyType:
    """Stands for an object that it keeps weakly: whatever is done to it is done to the object."""
    __slots__ = ('_proxied', '__weakref__')
    __hash__ = None

    def __getattribute__(self, name):
        if name == '__class__':
            return _object(self).__class__
        return getattr(_object(self), name)

    def __setattr__(self, name, value):
        setattr(_object(self), name, value)

    def __delattr__(self, name):
        delattr(_object(self), name)

    def __repr__(self):
        shown = _get(self, '_proxied')()
        return f'<weakproxy at {id(self):#x} to {type(shown).__name__} at {id(shown):#x}>'

    def __str__(self):
        return str(_object(self))

    def __bytes__(self):
        return bytes(_object(self))

    def __bool__(self):
        return bool(_object(self))

    def __len__(self):
        return len(_object(self))

    def __getitem__(self, key):
        return _object(self)[key]

    def __setitem__(self, key, value):
        _object(self)[key] = value

    def __delitem__(self, key):
        del _object(self)[key]

    def __contains__(self, item):
        return item in _object(self)

    def __iter__(self):
        return iter(_object(self))

    def __next__(self):
        return next(_object(self))

    def __reversed__(self):
        return reversed(_object(self))

    def __int__(self):
        return int(_object(self))

    def __float__(self):
        return float(_object(self))

    def __index__(self):
        return operator.index(_object(self))


def _forward():
    """The operators, each in three forms: with the proxy on the left, on the right, and in place."""
    def left(function):
        return lambda self, other: function(_object(self), _bare(other))

    def right(function):
        return lambda self, other: function(_bare(other), _object(self))

    def one(function):
        return lambda self: function(_object(self))

    for name in ('add', 'sub', 'mul', 'matmul', 'truediv', 'floordiv', 'mod', 'pow', 'lshift', 'rshift', 'and', 'or', 'xor'):
        function = getattr(operator, f'__{name}__')
        setattr(ProxyType, f'__{name}__', left(function))
        setattr(ProxyType, f'__r{name}__', right(function))
        setattr(ProxyType, f'__i{name}__', left(getattr(operator, f'__i{name}__')))
    setattr(ProxyType, '__divmod__', left(divmod))
    setattr(ProxyType, '__rdivmod__', right(divmod))
    for name in ('lt', 'le', 'eq', 'ne', 'gt', 'ge'):
        setattr(ProxyType, f'__{name}__', left(getattr(operator, f'__{name}__')))
    for name in ('neg', 'pos', 'abs', 'invert'):
        setattr(ProxyType, f'__{name}__', one(getattr(operator, f'__{name}__')))


_forward()


class CallableProxyType(ProxyType):
    """A proxy of something that can be called."""
    __slots__ = ()

    def __call__(self, *args, **kw):
        return _object(self)(*args, **kw)


ProxyTypes = (ProxyType, CallableProxyType)


def proxy(object, callback=None, /):
    """A proxy for the object; `callback` is called with it when the object has died."""
    kind = CallableProxyType if callable(object) else ProxyType
    made = kind.__new__(kind)
    if callback is None:
        reference = ref(object)
    else:
        weak_proxy = ref(made)

        def told(_):
            found = weak_proxy()
            if found is not None:
                callback(found)

        reference = ref(object, told)
    _set(made, '_proxied', reference)
    return made


# ---- finalizers ----

class finalize:
    """Calls a function when an object dies, or at exit, once."""
    __slots__ = ()
    _registry = {}
    _made = 0
    _hooked = False

    class _Info:
        __slots__ = ('reference', 'function', 'args', 'kwargs', 'atexit', 'number')

    def __init__(self, obj, func, /, *args, **kwargs):
        if not self._hooked:
            import atexit
            atexit.register(finalize._run_at_exit)
            finalize._hooked = True
        info = self._Info()
        info.reference = ref(obj, self)
        info.function, info.args, info.kwargs = func, args, kwargs
        info.atexit = True
        finalize._made += 1
        info.number = finalize._made
        self._registry[self] = info

    def __call__(self, _=None):
        """Calls the function, if that has not been done, and hands back what it returns."""
        info = self._registry.pop(self, None)
        if info is not None:
            return info.function(*info.args, **info.kwargs)

    def detach(self):
        """Forgets it; what it would have called for whom, or None if it was dead."""
        info = self._registry.get(self)
        obj = info and info.reference()
        if obj is not None and self._registry.pop(self, None):
            return obj, info.function, info.args, info.kwargs

    def peek(self):
        """What it would call for whom, or None if it is dead."""
        info = self._registry.get(self)
        obj = info and info.reference()
        if obj is not None:
            return obj, info.function, info.args, info.kwargs

    @property
    def alive(self):
        return self in self._registry

    @property
    def atexit(self):
        info = self._registry.get(self)
        return bool(info) and info.atexit

    @atexit.setter
    def atexit(self, value):
        info = self._registry.get(self)
        if info:
            info.atexit = bool(value)

    def __repr__(self):
        info = self._registry.get(self)
        obj = info and info.reference()
        if obj is None:
            return f'<{type(self).__name__} object at {id(self):#x}; dead>'
        return f'<{type(self).__name__} object at {id(self):#x}; for {type(obj).__name__!r} at {id(obj):#x}>'

    @classmethod
    def _run_at_exit(cls):
        import sys
        while True:
            due = [(info.number, each) for each, info in cls._registry.items() if info.atexit]
            if not due:
                break
            each = max(due, key=lambda pair: pair[0])[1]
            try:
                each()
            except Exception:
                sys.excepthook(*sys.exc_info())
