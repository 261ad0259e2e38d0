"""Classes that mainly hold data: a decorator writes __init__, __repr__, comparisons and more from the annotations.

The methods are made from source text, so that they are as fast as methods written by hand.
"""

import keyword
import sys
from abc import update_abstractmethods
from functools import wraps as _wraps
from reprlib import recursive_repr as _recursive_repr
from types import GenericAlias, MappingProxyType, new_class
from _collections import _module_at

__all__ = [
    "dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING", "fields",
    "asdict", "astuple", "make_dataclass", "replace", "is_dataclass",
]


class FrozenInstanceError(AttributeError):
    pass


class _HAS_DEFAULT_FACTORY_CLASS:
    def __repr__(self):
        return "<factory>"


class _MISSING_TYPE:
    pass


class _KW_ONLY_TYPE:
    pass


_HAS_DEFAULT_FACTORY = _HAS_DEFAULT_FACTORY_CLASS()
MISSING = _MISSING_TYPE()
KW_ONLY = _KW_ONLY_TYPE()
_EMPTY_METADATA = MappingProxyType({})


class _FieldKind:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


_FIELD = _FieldKind("_FIELD")
_FIELD_CLASSVAR = _FieldKind("_FIELD_CLASSVAR")
_FIELD_INITVAR = _FieldKind("_FIELD_INITVAR")

_FIELDS = "__dataclass_fields__"
_PARAMS = "__dataclass_params__"
_POST_INIT = "__post_init__"


class InitVar:
    """Annotates a parameter of __init__ that is no field."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = type

    def __repr__(self):
        if isinstance(self.type, type) and not isinstance(self.type, GenericAlias):
            name = self.type.__name__
        else:
            name = repr(self.type)
        return f"dataclasses.InitVar[{name}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    """What is known of a field."""

    __slots__ = (
        "name", "type", "default", "default_factory", "repr", "hash", "init", "compare", "metadata",
        "kw_only", "_field_type",
    )

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = _EMPTY_METADATA if metadata is None else MappingProxyType(metadata)
        self.kw_only = kw_only
        self._field_type = None

    @_recursive_repr()
    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},"
            f"hash={self.hash!r},compare={self.compare!r},metadata={self.metadata!r},"
            f"kw_only={self.kw_only!r},_field_type={self._field_type})"
        )

    def __set_name__(self, owner, name):
        func = getattr(type(self.default), "__set_name__", None)
        if func:
            func(self.default, owner, name)

    __class_getitem__ = classmethod(GenericAlias)


class _DataclassParams:
    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")

    def __init__(self, init, repr, eq, order, unsafe_hash, frozen):
        self.init = init
        self.repr = repr
        self.eq = eq
        self.order = order
        self.unsafe_hash = unsafe_hash
        self.frozen = frozen

    def __repr__(self):
        return (
            f"_DataclassParams(init={self.init!r},repr={self.repr!r},eq={self.eq!r},order={self.order!r},"
            f"unsafe_hash={self.unsafe_hash!r},frozen={self.frozen!r})"
        )


def field(
    *, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
    metadata=None, kw_only=MISSING,
):
    """Says more of a field than a default value does."""
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


# ---- methods from source text ----


def _make_function(name, params, body, globals, names=None, cls=None):
    """A function of source text. `names` are what it refers to besides its module's globals."""
    names = dict(names or {})
    lines = "\n".join(f"        {line}" for line in body)
    text = f"def __make__({', '.join(names)}):\n    def {name}({', '.join(params)}):\n{lines}\n    return {name}"
    space = {}
    exec(text, globals, space)
    made = space["__make__"](**names)
    if cls is not None:
        made.__qualname__ = f"{cls.__qualname__}.{name}"
    return made


def _globals_of(cls):
    if cls.__module__ in sys.modules:
        return sys.modules[cls.__module__].__dict__
    return {}


def _annotation(func, **kinds):
    func.__annotations__ = kinds
    return func


def _init_method(fields, std_fields, kw_only_fields, frozen, has_post_init, self_name, slots, cls):
    seen_default = False
    for f in std_fields:
        if f.init:
            if not (f.default is MISSING and f.default_factory is MISSING):
                seen_default = True
            elif seen_default:
                raise TypeError(f"non-default argument {f.name!r} follows default argument")
    names = {"_missing": MISSING, "_has_default_factory": _HAS_DEFAULT_FACTORY, "_object": object}
    annotations = {}
    body = []

    def param(f):
        annotations[f.name] = f.type
        if f.default is MISSING and f.default_factory is MISSING:
            return f.name
        if f.default is not MISSING:
            names[f"_default_{f.name}"] = f.default
            return f"{f.name}=_default_{f.name}"
        return f"{f.name}=_has_default_factory"

    for f in fields:
        value = None
        if f.default_factory is not MISSING:
            names[f"_factory_{f.name}"] = f.default_factory
            value = f"_factory_{f.name}()"
            if f.init:
                value = f"{value} if {f.name} is _has_default_factory else {f.name}"
        elif f.init:
            value = f.name
        elif slots and f.default is not MISSING:
            names[f"_default_{f.name}"] = f.default
            value = f"_default_{f.name}"
        if value is None or f._field_type is _FIELD_INITVAR:
            continue
        if frozen:
            body.append(f"_object.__setattr__({self_name}, {f.name!r}, {value})")
        else:
            body.append(f"{self_name}.{f.name} = {value}")
    if has_post_init:
        arguments = ", ".join(f.name for f in fields if f._field_type is _FIELD_INITVAR)
        body.append(f"{self_name}.{_POST_INIT}({arguments})")
    params = [self_name] + [param(f) for f in std_fields if f.init]
    keyword_params = [param(f) for f in kw_only_fields if f.init]
    if keyword_params:
        params += ["*"] + keyword_params
    made = _make_function("__init__", params, body or ["pass"], _globals_of(cls), names, cls)
    return _annotation(made, **annotations, **{"return": None})


def _repr_method(fields, cls):
    # A field may have a nested object that comes back to this one.
    body = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in fields)
    made = _make_function(
        "__repr__", ["self"], [f'return f"{{self.__class__.__qualname__}}({body})"'], {}, None, cls
    )
    return _recursive_repr()(made)


def _tuple_of(fields, owner):
    if not fields:
        return "()"
    return "(" + "".join(f"{owner}.{f.name}," for f in fields) + ")"


def _comparison_method(name, op, fields, cls):
    mine, theirs = _tuple_of(fields, "self"), _tuple_of(fields, "other")
    body = [
        "if other.__class__ is self.__class__:",
        f"    return {mine} {op} {theirs}",
        "return NotImplemented",
    ]
    return _make_function(name, ["self", "other"], body, {}, None, cls)


def _frozen_methods(fields, cls):
    names = {"cls": cls, "FrozenInstanceError": FrozenInstanceError}
    fields = "(" + "".join(f"{f.name!r}," for f in fields) + ")" if fields else "()"
    check = f"if type(self) is cls or name in {fields}:"

    def message(verb):
        return f'    raise FrozenInstanceError(f"cannot {verb} field {{name!r}}")'

    return (
        _make_function(
            "__setattr__", ["self", "name", "value"],
            [check, message("assign to"), "super(cls, self).__setattr__(name, value)"], {}, names, cls,
        ),
        _make_function(
            "__delattr__", ["self", "name"],
            [check, message("delete"), "super(cls, self).__delattr__(name)"], {}, names, cls,
        ),
    )


def _hash_method(fields, cls):
    return _make_function("__hash__", ["self"], [f"return hash({_tuple_of(fields, 'self')})"], {}, None, cls)


# ---- reading the class ----


def _named_as(annotation, cls, wanted, holder):
    """Whether an annotation that is text names `wanted`, as far as its first word says."""
    text = annotation.strip()
    for end, c in enumerate(text):
        if not (c == "_" or c == "." or c.isalnum()):
            text = text[:end]
            break
    module_name, _, name = text.rpartition(".")
    if not name:
        return False
    space = _globals_of(cls)
    if module_name:
        module = space.get(module_name)
        if module is None or module.__name__ != holder.__name__:
            return False
        space = module.__dict__
    return wanted(space.get(name), holder)


def _is_classvar(annotation, typing):
    return annotation is typing.ClassVar or (
        type(annotation) is typing._GenericAlias and annotation.__origin__ is typing.ClassVar
    )


def _is_initvar(annotation, dataclasses):
    return annotation is InitVar or type(annotation) is InitVar


def _is_kw_only(annotation, dataclasses):
    return annotation is KW_ONLY


def _get_field(cls, name, annotation, default_kw_only):
    default = getattr(cls, name, MISSING)
    if isinstance(default, Field):
        f = default
    else:
        if type(default) is _MemberDescriptor:
            # A slot is no default.
            default = MISSING
        f = field(default=default)
    f.name = name
    f.type = annotation
    f._field_type = _FIELD
    typing = sys.modules.get("typing")
    if typing and (
        _is_classvar(annotation, typing)
        or (isinstance(annotation, str) and _named_as(annotation, cls, _is_classvar, typing))
    ):
        f._field_type = _FIELD_CLASSVAR
    this = sys.modules[__name__]
    if f._field_type is _FIELD and (
        _is_initvar(annotation, this)
        or (isinstance(annotation, str) and _named_as(annotation, cls, _is_initvar, this))
    ):
        f._field_type = _FIELD_INITVAR
    if f._field_type in (_FIELD_CLASSVAR, _FIELD_INITVAR):
        if f.default_factory is not MISSING:
            raise TypeError(f"field {f.name} cannot have a default factory")
    if f._field_type in (_FIELD, _FIELD_INITVAR):
        if f.kw_only is MISSING:
            f.kw_only = default_kw_only
    elif f.kw_only is not MISSING:
        raise TypeError(f"field {f.name} is a ClassVar but specifies kw_only")
    if f._field_type is _FIELD and f.default.__class__.__hash__ is None:
        raise ValueError(
            f"mutable default {type(f.default)} for field {f.name} is not allowed: use default_factory"
        )
    return f


class _Slotted:
    __slots__ = ("slot",)


_MemberDescriptor = type(_Slotted.__dict__["slot"])


def _set_new(cls, name, value):
    """Sets an attribute unless the class defines it; whether it does."""
    if name in cls.__dict__:
        return True
    setattr(cls, name, value)
    return False


def _own_fields(cls, fields, kw_only):
    """Adds the fields that the class itself annotates."""
    annotations = cls.__dict__.get("__annotations__", {})
    found = []
    seen_kw_only = False
    this = sys.modules[__name__]
    for name, annotation in annotations.items():
        if _is_kw_only(annotation, this) or (
            isinstance(annotation, str) and _named_as(annotation, cls, _is_kw_only, this)
        ):
            if seen_kw_only:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            seen_kw_only = True
            kw_only = True
        else:
            found.append(_get_field(cls, name, annotation, kw_only))
    for f in found:
        fields[f.name] = f
        # The default is a class attribute; without one there is none.
        if isinstance(getattr(cls, f.name, None), Field):
            if f.default is MISSING:
                delattr(cls, f.name)
            else:
                setattr(cls, f.name, f.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")


def _process_class(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot):
    fields = {}
    setattr(cls, _PARAMS, _DataclassParams(init, repr, eq, order, unsafe_hash, frozen))
    any_frozen_base = has_dataclass_bases = False
    for b in cls.__mro__[-1:0:-1]:
        base_fields = getattr(b, _FIELDS, None)
        if base_fields is not None:
            has_dataclass_bases = True
            for f in base_fields.values():
                fields[f.name] = f
            any_frozen_base = any_frozen_base or getattr(b, _PARAMS).frozen
    _own_fields(cls, fields, kw_only)
    if has_dataclass_bases:
        if any_frozen_base and not frozen:
            raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
        if not any_frozen_base and frozen:
            raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    setattr(cls, _FIELDS, fields)

    class_hash = cls.__dict__.get("__hash__", MISSING)
    has_explicit_hash = not (class_hash is MISSING or (class_hash is None and "__eq__" in cls.__dict__))
    if order and not eq:
        raise ValueError("eq must be true if order is true")
    all_init = [f for f in fields.values() if f._field_type in (_FIELD, _FIELD_INITVAR)]
    std_init = [f for f in all_init if f.init and not f.kw_only]
    kw_init = [f for f in all_init if f.init and f.kw_only]
    if init:
        _set_new(cls, "__init__", _init_method(
            all_init, std_init, kw_init, frozen, hasattr(cls, _POST_INIT),
            "__dataclass_self__" if "self" in fields else "self", slots, cls,
        ))
    plain = [f for f in fields.values() if f._field_type is _FIELD]
    if repr:
        _set_new(cls, "__repr__", _repr_method([f for f in plain if f.repr], cls))
    compared = [f for f in plain if f.compare]
    if eq:
        _set_new(cls, "__eq__", _comparison_method("__eq__", "==", compared, cls))
    if order:
        for name, op in [("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")]:
            if _set_new(cls, name, _comparison_method(name, op, compared, cls)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                    "Consider using functools.total_ordering"
                )
    if frozen:
        for method in _frozen_methods(plain, cls):
            if _set_new(cls, method.__name__, method):
                raise TypeError(f"Cannot overwrite attribute {method.__name__} in class {cls.__name__}")
    _decide_hash(cls, unsafe_hash, eq, frozen, has_explicit_hash, plain)
    if not getattr(cls, "__doc__"):
        cls.__doc__ = cls.__name__ + _signature(cls, std_init, kw_init)
    if match_args:
        _set_new(cls, "__match_args__", tuple(f.name for f in std_init))
    if weakref_slot and not slots:
        raise TypeError("weakref_slot is True but slots is False")
    if slots:
        cls = _add_slots(cls, frozen, weakref_slot)
    update_abstractmethods(cls)
    return cls


def _decide_hash(cls, unsafe_hash, eq, frozen, has_explicit_hash, fields):
    """__hash__ is written when asked for, or when equality is by value and nothing changes."""
    if unsafe_hash:
        if has_explicit_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    elif not eq or has_explicit_hash:
        return
    elif not frozen:
        cls.__hash__ = None
        return
    cls.__hash__ = _hash_method([f for f in fields if (f.compare if f.hash is None else f.hash)], cls)


def _signature(cls, std_fields, kw_fields):
    """The parameters of the class, for its documentation."""

    def shown(f):
        annotation = f.type
        if isinstance(annotation, type) and not isinstance(annotation, GenericAlias):
            module = annotation.__module__
            name = annotation.__qualname__
            annotation = name if module in ("builtins", cls.__module__) else f"{module}.{name}"
        elif isinstance(annotation, str):
            annotation = repr(annotation)
        else:
            annotation = repr(annotation).replace("typing.", "")
        if f.default is not MISSING:
            return f"{f.name}: {annotation} = {f.default!r}"
        if f.default_factory is not MISSING:
            return f"{f.name}: {annotation} = <factory>"
        return f"{f.name}: {annotation}"

    if "__init__" not in cls.__dict__:
        return "()"
    parts = [shown(f) for f in std_fields]
    if kw_fields:
        parts += ["*"] + [shown(f) for f in kw_fields]
    return f"({', '.join(parts)})"


def _getstate(self):
    return [getattr(self, f.name) for f in fields(self)]


def _setstate(self, state):
    for f, value in zip(fields(self), state):
        object.__setattr__(self, f.name, value)


def _slots_of(cls):
    slots = cls.__dict__.get("__slots__")
    if slots is None:
        return
    if isinstance(slots, str):
        yield slots
    else:
        yield from slots


def _add_slots(cls, is_frozen, weakref_slot):
    """The class again, with slots: they can't be added to one that exists."""
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    namespace = dict(cls.__dict__)
    names = tuple(f.name for f in fields(cls))
    inherited = {slot for base in cls.__mro__[1:-1] for slot in _slots_of(base)}
    wanted = names + (("__weakref__",) if weakref_slot else ())
    namespace["__slots__"] = tuple(n for n in wanted if n not in inherited)
    for name in names:
        namespace.pop(name, None)
    namespace.pop("__dict__", None)
    namespace.pop("__weakref__", None)
    qualname = getattr(cls, "__qualname__", None)
    cls = type(cls)(cls.__name__, cls.__bases__, namespace)
    if qualname is not None:
        cls.__qualname__ = qualname
    if is_frozen:
        if "__getstate__" not in namespace:
            cls.__getstate__ = _getstate
        if "__setstate__" not in namespace:
            cls.__setstate__ = _setstate
    return cls


def dataclass(
    cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
    match_args=True, kw_only=False, slots=False, weakref_slot=False,
):
    """The decorator."""

    def wrap(cls):
        return _process_class(
            cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot
        )

    return wrap if cls is None else wrap(cls)


# ---- functions over instances ----


def fields(class_or_instance):
    """The fields of a data class, in order."""
    try:
        found = getattr(class_or_instance, _FIELDS)
    except AttributeError:
        raise TypeError("must be called with a dataclass type or instance") from None
    return tuple(f for f in found.values() if f._field_type is _FIELD)


def _is_instance(obj):
    return hasattr(type(obj), _FIELDS)


def is_dataclass(obj):
    cls = obj if isinstance(obj, type) else type(obj)
    return hasattr(cls, _FIELDS)


def _converted(obj, of_fields, dict_factory):
    """An object with the data classes in it, in lists, tuples and dicts too, converted."""
    if _is_instance(obj):
        return of_fields([(f.name, _converted(getattr(obj, f.name), of_fields, dict_factory)) for f in fields(obj)])
    if isinstance(obj, tuple) and hasattr(obj, "_fields"):
        return type(obj)(*[_converted(v, of_fields, dict_factory) for v in obj])
    if isinstance(obj, (list, tuple)):
        return type(obj)(_converted(v, of_fields, dict_factory) for v in obj)
    if isinstance(obj, dict):
        pairs = (
            (_converted(k, of_fields, dict_factory), _converted(v, of_fields, dict_factory))
            for k, v in obj.items()
        )
        if hasattr(type(obj), "default_factory"):
            result = type(obj)(obj.default_factory)
            for k, v in pairs:
                result[k] = v
            return result
        return type(obj)(pairs)
    from copy import deepcopy

    return deepcopy(obj)


def asdict(obj, *, dict_factory=dict):
    """The fields as a dict, those of nested data classes too."""
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _converted(obj, dict_factory, dict_factory)


def astuple(obj, *, tuple_factory=tuple):
    """The values of the fields as a tuple, those of nested data classes too."""
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")
    return _converted(obj, lambda pairs: tuple_factory([value for _, value in pairs]), dict)


def make_dataclass(
    cls_name, fields, *, bases=(), namespace=None, init=True, repr=True, eq=True, order=False,
    unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False,
):
    """Makes a data class of names, or tuples of name, type and perhaps a field."""
    namespace = dict(namespace or {})
    seen = set()
    annotations = {}
    defaults = {}
    for item in fields:
        if isinstance(item, str):
            name, tp = item, "typing.Any"
        elif len(item) == 2:
            name, tp = item
        elif len(item) == 3:
            name, tp, spec = item
            defaults[name] = spec
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if keyword.iskeyword(name):
            raise TypeError(f"Field names must not be keywords: {name!r}")
        if name in seen:
            raise TypeError(f"Field name duplicated: {name!r}")
        seen.add(name)
        annotations[name] = tp

    def exec_body_callback(ns):
        ns.update(namespace)
        ns.update(defaults)
        ns["__annotations__"] = annotations

    cls = new_class(cls_name, bases, {}, exec_body_callback)
    cls.__module__ = "types"
    return dataclass(
        cls, init=init, repr=repr, eq=eq, order=order, unsafe_hash=unsafe_hash, frozen=frozen,
        match_args=match_args, kw_only=kw_only, slots=slots, weakref_slot=weakref_slot,
    )


def replace(obj, /, **changes):
    """An object of the same class with some fields changed."""
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in getattr(obj, _FIELDS).values():
        if f._field_type is _FIELD_CLASSVAR:
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError(
                    f"field {f.name} is declared with init=False, it cannot be specified with replace()"
                )
            continue
        if f.name not in changes:
            if f._field_type is _FIELD_INITVAR and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)
