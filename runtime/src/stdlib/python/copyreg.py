"""How objects are taken apart to be copied: what object.__reduce_ex__ does, and functions registered for classes."""

__all__ = ["pickle", "constructor", "add_extension", "remove_extension", "clear_extension_cache"]

dispatch_table = {}


def pickle(ob_type, pickle_function, constructor_ob=None):
    """Registers how objects of a class are reduced."""
    if not callable(pickle_function):
        raise TypeError("reduction functions must be callable")
    dispatch_table[ob_type] = pickle_function
    if constructor_ob is not None:
        constructor(constructor_ob)


def constructor(object):
    if not callable(object):
        raise TypeError("constructors must be callable")


def __newobj__(cls, *args):
    return cls.__new__(cls, *args)


def __newobj_ex__(cls, args, kwargs):
    return cls.__new__(cls, *args, **kwargs)


def _reconstructor(cls, base, state):
    if base is object:
        return object.__new__(cls)
    obj = base.__new__(cls, state)
    if base.__init__ != object.__init__:
        base.__init__(obj, state)
    return obj


def _slotnames(cls):
    """The names of all slots of a class and its bases, as attributes are called."""
    names = []
    for c in cls.__mro__:
        slots = c.__dict__.get("__slots__", ())
        if isinstance(slots, str):
            slots = (slots,)
        for name in slots:
            if name in ("__dict__", "__weakref__"):
                continue
            if name.startswith("__") and not name.endswith("__"):
                stripped = c.__name__.lstrip("_")
                name = "_%s%s" % (stripped, name) if stripped else name
            names.append(name)
    return names


def _getstate(obj):
    """What object.__getstate__ gives: the attributes, and a second dict of the slots if there are any."""
    state = getattr(obj, "__dict__", None) or None
    if state is not None:
        state = dict(state) if type(state) is not dict else state
    slots = {}
    for name in _slotnames(type(obj)):
        try:
            slots[name] = getattr(obj, name)
        except AttributeError:
            pass
    if slots:
        return state, slots
    return state


# Instances of these hold nothing but attributes and what the protocol knows of: their classes can be called with __new__.
_BASES = (int, float, str, bytes, tuple, list, dict, set, frozenset, BaseException)


def _base_of(cls):
    for base in cls.__mro__:
        if base in _BASES:
            return base
        if base.__module__ == "builtins" and base is not object:
            return None
    return object


def _reduce_ex(obj, protocol):
    """What object.__reduce_ex__ gives: a function, its arguments, the state, and items of lists and dicts."""
    cls = type(obj)
    base = _base_of(cls)
    if base is None:
        raise TypeError("cannot pickle %r object" % cls.__name__)
    if hasattr(obj, "__getnewargs_ex__"):
        args, kwargs = obj.__getnewargs_ex__()
        func, arguments = __newobj_ex__, (cls, args, kwargs)
    else:
        if hasattr(obj, "__getnewargs__"):
            args = obj.__getnewargs__()
            if not isinstance(args, tuple):
                raise TypeError("__getnewargs__ should return a tuple, not '%s'" % type(args).__name__)
        elif base in (int, float, str, bytes):
            args = (base(obj),)
        elif base is tuple:
            args = (tuple(obj),)
        elif base is BaseException:
            args = obj.args
        else:
            args = ()
        func, arguments = __newobj__, (cls, *args)
        if base in (set, frozenset):
            return cls, (list(obj),), obj.__getstate__()
        if base is BaseException:
            return cls, args, obj.__getstate__()
    state = obj.__getstate__()
    listitems = iter(obj) if base is list else None
    dictitems = iter(obj.items()) if base is dict else None
    return func, arguments, state, listitems, dictitems
