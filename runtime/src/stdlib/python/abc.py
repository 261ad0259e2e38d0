"""Abstract base classes: classes that name methods which others have to define, and that other classes can be registered with."""

from _abc import (
    _abc_abstracts, _abc_init, _abc_instancecheck, _abc_register, _abc_subclasscheck, _reset_caches,
    _reset_registry, get_cache_token,
)


def abstractmethod(funcobj):
    """Marks a method that has to be overridden before the class can be instantiated."""
    funcobj.__isabstractmethod__ = True
    return funcobj


def abstractclassmethod(callable):
    """A class method that is abstract. Deprecated: use classmethod over abstractmethod."""
    return classmethod(abstractmethod(callable))


def abstractstaticmethod(callable):
    """A static method that is abstract. Deprecated: use staticmethod over abstractmethod."""
    return staticmethod(abstractmethod(callable))


class abstractproperty(property):
    """A property that is abstract. Deprecated: use property over abstractmethod."""

    __isabstractmethod__ = True


class ABCMeta(type):
    """The metaclass of abstract base classes."""

    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        _abc_init(cls)
        return cls

    register = _abc_register
    __instancecheck__ = _abc_instancecheck
    __subclasscheck__ = _abc_subclasscheck
    _abc_registry_clear = _reset_registry
    _abc_caches_clear = _reset_caches


def update_abstractmethods(cls):
    """Computes again which methods are abstract, after some were added to the class."""
    if hasattr(cls, "__abstractmethods__"):
        _abc_abstracts(cls)
    return cls


class ABC(metaclass=ABCMeta):
    """A class whose metaclass is ABCMeta, to derive from."""

    __slots__ = ()
