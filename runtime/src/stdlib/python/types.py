"""The classes of objects that the language makes itself, and making classes by hand."""

import sys


def _function():
    pass


FunctionType = type(_function)
LambdaType = FunctionType
CodeType = type(_function.__code__)
MappingProxyType = type(type.__dict__)


def _cell():
    a = 1

    def inner():
        return a

    return type(inner.__closure__[0])


CellType = _cell()
GeneratorType = type((lambda: (yield))())


async def _coroutine():
    pass


_instance = _coroutine()
CoroutineType = type(_instance)
_instance.close()
del _instance


async def _async_generator():
    yield


AsyncGeneratorType = type(_async_generator())


class _Class:
    __slots__ = ("member",)

    def method(self):
        pass


MethodType = type(_Class().method)
BuiltinFunctionType = type(len)
BuiltinMethodType = type([].append)
WrapperDescriptorType = type(object.__init__)
MethodWrapperType = type(object().__str__)
MethodDescriptorType = type(str.join)
ClassMethodDescriptorType = type(dict.__dict__["fromkeys"])
ModuleType = type(sys)
GetSetDescriptorType = type(type.__dict__["__name__"])
MemberDescriptorType = type(_Class.__dict__["member"])
SimpleNamespaceBase = type(sys.implementation)
NotImplementedType = type(NotImplemented)
NoneType = type(None)
EllipsisType = type(Ellipsis)
UnionType = type(int | str)
GenericAlias = type(list[int])

try:
    raise TypeError
except TypeError as _error:
    TracebackType = type(_error.__traceback__)

del _function, _cell, _coroutine, _async_generator, _Class, SimpleNamespaceBase


class SimpleNamespace:
    """An object with the attributes that it is made with."""

    def __init__(self, /, **kwargs):
        self.__dict__.update(kwargs)

    def __repr__(self):
        if id(self) in _busy:
            name = "namespace" if type(self) is SimpleNamespace else type(self).__name__
            return name + "(...)"
        _busy.add(id(self))
        try:
            items = ", ".join(f"{k}={v!r}" for k, v in self.__dict__.items())
        finally:
            _busy.discard(id(self))
        name = "namespace" if type(self) is SimpleNamespace else type(self).__name__
        return f"{name}({items})"

    def __eq__(self, other):
        if isinstance(self, SimpleNamespace) and isinstance(other, SimpleNamespace):
            return self.__dict__ == other.__dict__
        return NotImplemented

    __hash__ = None


_busy = set()


def new_class(name, bases=(), kwds=None, exec_body=None):
    """Makes a class as a class statement does."""
    resolved = resolve_bases(bases)
    meta, ns, kwds = prepare_class(name, resolved, kwds)
    if exec_body is not None:
        exec_body(ns)
    if resolved is not bases:
        ns["__orig_bases__"] = bases
    return meta(name, resolved, ns, **kwds)


def resolve_bases(bases):
    """Replaces bases that are no classes by what their __mro_entries__ says."""
    result = []
    changed = False
    for base in bases:
        entries = None if isinstance(base, type) else getattr(base, "__mro_entries__", None)
        if entries is None:
            result.append(base)
            continue
        changed = True
        entries = entries(bases)
        if not isinstance(entries, tuple):
            raise TypeError("__mro_entries__ must return a tuple")
        result.extend(entries)
    return tuple(result) if changed else bases


def prepare_class(name, bases=(), kwds=None):
    """The metaclass, the namespace and the keywords of a class to be made."""
    kwds = dict(kwds or {})
    if "metaclass" in kwds:
        meta = kwds.pop("metaclass")
    else:
        meta = type(bases[0]) if bases else type
    if isinstance(meta, type):
        for base in bases:
            candidate = type(base)
            if issubclass(meta, candidate):
                continue
            if not issubclass(candidate, meta):
                raise TypeError(
                    "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass "
                    "of the metaclasses of all its bases"
                )
            meta = candidate
    ns = meta.__prepare__(name, bases, **kwds) if hasattr(meta, "__prepare__") else {}
    return meta, ns, kwds


class DynamicClassAttribute:
    """A property of instances that the class doesn't show: its metaclass's __getattr__ is asked instead."""

    def __init__(self, fget=None, fset=None, fdel=None, doc=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.__doc__ = doc or fget.__doc__
        self.overwrite_doc = doc is None
        self.__isabstractmethod__ = bool(getattr(fget, "__isabstractmethod__", False))

    def __get__(self, instance, ownerclass=None):
        if instance is None:
            if self.__isabstractmethod__:
                return self
            raise AttributeError()
        if self.fget is None:
            raise AttributeError("unreadable attribute")
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def getter(self, fget):
        doc = fget.__doc__ if self.overwrite_doc else None
        result = type(self)(fget, self.fset, self.fdel, doc or self.__doc__)
        result.overwrite_doc = self.overwrite_doc
        return result

    def setter(self, fset):
        result = type(self)(self.fget, fset, self.fdel, self.__doc__)
        result.overwrite_doc = self.overwrite_doc
        return result

    def deleter(self, fdel):
        result = type(self)(self.fget, self.fset, fdel, self.__doc__)
        result.overwrite_doc = self.overwrite_doc
        return result


def coroutine(func):
    """Generators that are coroutines, too, don't exist here: an async function is returned as it is."""
    if not callable(func):
        raise TypeError("types.coroutine() expects a callable")
    if func.__code__.co_flags & 0x180:
        return func
    raise TypeError("types.coroutine() of a generator function is not supported")


__all__ = [name for name in globals() if name[:1] != "_" and name != "sys"]
