"""Classes that are made from annotations: protocols, named tuples, typed dicts. A part of `typing`."""

import collections
import sys
from abc import ABCMeta
from types import FunctionType

from _typing_forms import Generic, NotRequired, Required, _GenericAlias, _type_check

__all__ = ["Protocol", "runtime_checkable"]

# Attributes that are none of the protocol's own.
_NOT_MEMBERS = frozenset([
    "__abstractmethods__", "__annotations__", "__dict__", "__doc__", "__init__", "__module__", "__new__",
    "__slots__", "__subclasshook__", "__weakref__", "__class_getitem__", "__parameters__", "__orig_bases__",
    "__orig_class__", "_is_protocol", "_is_runtime_protocol", "_abc_impl", "__match_args__",
    "__init_subclass__", "__qualname__", "_protocol", "__hash__",
])


def _members(cls):
    """The names that a protocol asks for."""
    found = set()
    for base in cls.__mro__[:-1]:
        if base.__name__ in ("Protocol", "Generic"):
            continue
        for name in list(base.__dict__) + list(base.__dict__.get("__annotations__", {})):
            if not name.startswith("_abc_") and (
                name not in _NOT_MEMBERS
                or (name == "__hash__" and base.__dict__.get("__hash__") is not None)
            ):
                found.add(name)
    return found


def _callable_members_only(cls):
    return all(callable(getattr(cls, name, None)) for name in _members(cls))


class _ProtocolMeta(ABCMeta):
    def __instancecheck__(cls, instance):
        if getattr(cls, "_is_protocol", False) and not getattr(cls, "_is_runtime_protocol", False):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        if not getattr(cls, "_is_protocol", False) or _callable_members_only(cls):
            if issubclass(instance.__class__, cls):
                return True
        if getattr(cls, "_is_protocol", False):
            missing = object()
            for name in _members(cls):
                value = getattr(instance, name, missing)
                if value is missing or (value is None and callable(getattr(cls, name, None))):
                    break
            else:
                return True
        return super().__instancecheck__(instance)


def _no_init(self, *args, **kwargs):
    if type(self)._is_protocol:
        raise TypeError("Protocols cannot be instantiated")


class Protocol(Generic, metaclass=_ProtocolMeta):
    """The base of classes that say what methods others have."""

    __slots__ = ()
    __module__ = "typing"
    _is_protocol = True
    _is_runtime_protocol = False

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if not cls.__dict__.get("_is_protocol", False):
            cls._is_protocol = any(b is Protocol for b in cls.__bases__)

        def _proto_hook(other):
            if not cls.__dict__.get("_is_protocol", False):
                return NotImplemented
            if not getattr(cls, "_is_runtime_protocol", False):
                if _from_abc():
                    return NotImplemented
                raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
            if not _callable_members_only(cls):
                if _from_abc():
                    return NotImplemented
                raise TypeError("Protocols with non-method members don't support issubclass()")
            if not isinstance(other, type):
                raise TypeError("issubclass() arg 1 must be a class")
            for name in _members(cls):
                for base in other.__mro__:
                    if name in base.__dict__:
                        if base.__dict__[name] is None:
                            return NotImplemented
                        break
                    annotations = base.__dict__.get("__annotations__", {})
                    if name in annotations and issubclass(other, Generic) and other._is_protocol:
                        break
                else:
                    return NotImplemented
            return True

        if "__subclasshook__" not in cls.__dict__:
            cls.__subclasshook__ = _proto_hook
        if not cls._is_protocol:
            return
        for base in cls.__bases__:
            allowed = base in (object, Generic) or getattr(base, "_is_protocol", False) or (
                base.__module__ in ("collections.abc", "contextlib")
            )
            if not allowed:
                raise TypeError("Protocols can only inherit from other protocols, got %r" % base)
        if cls.__init__ is Protocol.__init__ or "__init__" not in cls.__dict__:
            cls.__init__ = _no_init


Generic._protocol = Protocol


def _from_abc():
    """Whether the class of an instance is being looked at: then a protocol that can't tell says so quietly."""
    from _collections import _module_at

    return _module_at(2) in ("abc", "functools", "_typing_classes")


def runtime_checkable(cls):
    """Lets isinstance() look for a protocol's members."""
    if not issubclass(cls, Generic) or not cls._is_protocol:
        raise TypeError("@runtime_checkable can be only applied to protocol classes, got %r" % cls)
    cls._is_runtime_protocol = True
    return cls


# ---- named tuples ----

_PROHIBITED = frozenset([
    "__new__", "__init__", "__slots__", "__getnewargs__", "_fields", "_field_defaults", "_field_types", "_make",
    "_replace", "_asdict", "_source",
])
_SPECIAL = frozenset(["__module__", "__name__", "__annotations__"])


class _NamedTupleMeta(type):
    def __new__(cls, typename, bases, ns):
        for base in bases:
            if base.__name__ != "NamedTuple" and base is not Generic:
                raise TypeError("can only inherit from a NamedTuple type and Generic")
        hints = ns.get("__annotations__", {})
        defaults = []
        for name in hints:
            if name in ns:
                defaults.append(name)
            elif defaults:
                raise TypeError(
                    f"Non-default namedtuple field {name} cannot follow default field"
                    f"{'s' if len(defaults) > 1 else ''} {', '.join(defaults)}"
                )
        import typing

        made = typing._make_named_tuple(
            typename, hints.items(), ns["__module__"], [ns[n] for n in defaults]
        )
        bases = tuple(tuple if base.__name__ == "NamedTuple" else base for base in bases)
        made.__bases_given__ = bases
        if Generic in bases:
            made.__class_getitem__ = classmethod(Generic.__class_getitem__.__func__)
        del made.__bases_given__
        for key, value in ns.items():
            if key in _PROHIBITED:
                raise AttributeError("Cannot overwrite NamedTuple attribute " + key)
            if key not in _SPECIAL and key not in made._fields:
                setattr(made, key, value)
                hook = getattr(type(value), "__set_name__", None)
                if hook is not None:
                    hook(value, made, key)
        return made


# ---- typed dicts ----


class _TypedDictMeta(type):
    def __new__(cls, name, bases, ns, total=True):
        for base in bases:
            if type(base) is not _TypedDictMeta and base is not Generic:
                raise TypeError("cannot inherit from both a TypedDict type and a non-TypedDict base class")
        made = type.__new__(_TypedDictMeta, name, (dict,), ns)
        msg = "TypedDict('Name', {f0: t0, f1: t1, ...}); each t must be a type"
        own = {n: _type_check(t, msg) for n, t in ns.get("__annotations__", {}).items()}
        annotations, required, optional = {}, set(), set()
        for base in bases:
            annotations.update(base.__dict__.get("__annotations__", {}))
            required |= set(base.__dict__.get("__required_keys__", ()))
            optional |= set(base.__dict__.get("__optional_keys__", ()))
        annotations.update(own)
        for key, hint in own.items():
            marked = hint.__origin__ if isinstance(hint, _GenericAlias) else None
            is_required = marked is Required or (total and marked is not NotRequired)
            (required if is_required else optional).add(key)
        made.__annotations__ = annotations
        made.__required_keys__ = frozenset(required)
        made.__optional_keys__ = frozenset(optional)
        if not hasattr(made, "__total__"):
            made.__total__ = total
        return made

    def __call__(cls, /, *args, **kwargs):
        return dict(*args, **kwargs)

    def __subclasscheck__(cls, other):
        raise TypeError("TypedDict does not support instance and class checks")

    __instancecheck__ = __subclasscheck__
