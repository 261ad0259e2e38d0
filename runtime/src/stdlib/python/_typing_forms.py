"""The forms of typing: type variables, special names, and what subscribing them gives. A part of `typing`."""

import collections.abc
import functools
import operator
import types
from types import GenericAlias
from _collections import _module_at

__all__ = [
    "Annotated", "Any", "ClassVar", "Concatenate", "Final", "ForwardRef", "Generic", "Literal",
    "LiteralString", "Never", "NoReturn", "NotRequired", "Optional", "ParamSpec", "ParamSpecArgs",
    "ParamSpecKwargs", "Required", "Self", "TypeAlias", "TypeGuard", "TypeVar", "TypeVarTuple", "Union",
    "Unpack",
]


def _type_repr(obj):
    """A hint as it is shown inside another."""
    if isinstance(obj, GenericAlias):
        return repr(obj)
    if isinstance(obj, type):
        if obj.__module__ == "builtins":
            return obj.__qualname__
        return f"{obj.__module__}.{obj.__qualname__}"
    if obj is ...:
        return "..."
    if isinstance(obj, types.FunctionType):
        return obj.__name__
    if isinstance(obj, list):
        return "[" + ", ".join(map(_type_repr, obj)) + "]"
    return repr(obj)


def _type_convert(arg):
    if arg is None:
        return type(None)
    if isinstance(arg, str):
        return ForwardRef(arg)
    return arg


def _type_check(arg, msg):
    """Something that can be a hint."""
    arg = _type_convert(arg)
    if isinstance(arg, _GenericAlias) and arg.__origin__ is Generic:
        raise TypeError(f"{arg} is not valid as type argument")
    if arg in (Any, LiteralString, NoReturn, Never, Self, TypeAlias):
        return arg
    if isinstance(arg, _SpecialForm) or arg is Generic:
        raise TypeError(f"Plain {arg} is not valid as type argument")
    if type(arg) is tuple:
        raise TypeError(f"{msg} Got {arg!r:.100}.")
    return arg


class _Hint:
    """What all hints have: they can be combined to unions."""

    __slots__ = ()

    def __or__(self, right):
        return Union[self, right]

    def __ror__(self, left):
        return Union[left, self]


class _SpecialForm(_Hint):
    """A name that means something to checkers, and perhaps what subscribing it gives."""

    def __init__(self, name, doc="", subscribe=None):
        self._name = name
        self.__doc__ = doc
        self._subscribe = subscribe

    def __getattr__(self, item):
        if item in ("__name__", "__qualname__"):
            return self._name
        raise AttributeError(item)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __repr__(self):
        return "typing." + self._name

    def __reduce__(self):
        return self._name

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __instancecheck__(self, obj):
        raise TypeError(f"{self} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self} cannot be used with issubclass()")

    def __getitem__(self, parameters):
        if self._subscribe is None:
            raise TypeError(f"{self} is not subscriptable")
        return self._subscribe(self, parameters)


class _AnyMeta(type):
    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)

    def __repr__(self):
        if self is Any:
            return "typing.Any"
        return super().__repr__()

    def __or__(self, right):
        return Union[self, right]

    def __ror__(self, left):
        return Union[left, self]


class Any(metaclass=_AnyMeta):
    """Any type at all."""

    __module__ = "typing"

    def __new__(cls, *args, **kwargs):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls, *args, **kwargs)


class ForwardRef(_Hint):
    """A hint given as text."""

    __module__ = "typing"

    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        text = f"({arg},)[0]" if arg.startswith("*") else arg
        try:
            code = compile(text, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}")
        self.__forward_arg__ = arg
        self.__forward_code__ = code
        self.__forward_module__ = module
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (
            self.__forward_arg__ == other.__forward_arg__
            and self.__forward_module__ == other.__forward_module__
        )

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))

    def __repr__(self):
        shown = "" if self.__forward_module__ is None else f", module={self.__forward_module__!r}"
        return f"ForwardRef({self.__forward_arg__!r}{shown})"


# ---- type variables ----


class _Variable(_Hint):
    def _describe(self, name, bound, covariant, contravariant):
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        self.__name__ = name
        self.__covariant__ = bool(covariant)
        self.__contravariant__ = bool(contravariant)
        self.__bound__ = _type_check(bound, "Bound must be a type.") if bound is not None else None
        module = _module_at(2)
        if module != "typing":
            self.__module__ = module

    def __repr__(self):
        prefix = "+" if self.__covariant__ else "-" if self.__contravariant__ else "~"
        return prefix + self.__name__

    def __reduce__(self):
        return self.__name__

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")


class TypeVar(_Variable):
    __module__ = "typing"

    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self._describe(name, bound, covariant, contravariant)
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        self.__constraints__ = tuple(
            _type_check(t, "TypeVar(name, constraint, ...): constraints must be types.") for t in constraints
        )

    def __call__(self, *args, **kwargs):
        raise TypeError("'TypeVar' object is not callable")


class TypeVarTuple(_Hint):
    __module__ = "typing"

    def __init__(self, name):
        self.__name__ = name
        module = _module_at(1)
        if module != "typing":
            self.__module__ = module

    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__

    def __mro_entries__(self, bases):
        raise TypeError("Cannot subclass an instance of TypeVarTuple")


class ParamSpecArgs(_Hint):
    __module__ = "typing"

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.args"

    def __eq__(self, other):
        if not isinstance(other, ParamSpecArgs):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = object.__hash__


class ParamSpecKwargs(_Hint):
    __module__ = "typing"

    def __init__(self, origin):
        self.__origin__ = origin

    def __repr__(self):
        return f"{self.__origin__.__name__}.kwargs"

    def __eq__(self, other):
        if not isinstance(other, ParamSpecKwargs):
            return NotImplemented
        return self.__origin__ == other.__origin__

    __hash__ = object.__hash__


class ParamSpec(_Variable):
    __module__ = "typing"

    def __init__(self, name, *, bound=None, covariant=False, contravariant=False):
        self._describe(name, bound, covariant, contravariant)

    @property
    def args(self):
        return ParamSpecArgs(self)

    @property
    def kwargs(self):
        return ParamSpecKwargs(self)


def _parameters(args):
    """The type variables in hints, each once, in order."""
    found = []
    for arg in args:
        if isinstance(arg, type) and not isinstance(arg, GenericAlias):
            continue
        if isinstance(arg, (TypeVar, TypeVarTuple, ParamSpec)):
            inner = (arg,)
        elif isinstance(arg, (list, tuple)):
            inner = _parameters(arg)
        elif isinstance(arg, GenericAlias):
            inner = _parameters(arg.__args__)
        else:
            inner = getattr(arg, "__parameters__", ())
        for variable in inner:
            if variable not in found:
                found.append(variable)
    return tuple(found)


def _substituted(arg, mapping):
    """A hint with type variables replaced."""
    if isinstance(arg, (TypeVar, TypeVarTuple, ParamSpec)):
        return mapping.get(arg, arg)
    if isinstance(arg, _GenericAlias):
        if not arg.__parameters__:
            return arg
        return arg.copy_with(tuple(_substituted(a, mapping) for a in arg.__args__))
    if isinstance(arg, GenericAlias):
        return GenericAlias(arg.__origin__, tuple(_substituted(a, mapping) for a in arg.__args__))
    if isinstance(arg, types.UnionType):
        return functools.reduce(operator.or_, [_substituted(a, mapping) for a in arg.__args__])
    if isinstance(arg, list):
        return [_substituted(a, mapping) for a in arg]
    return arg


# ---- generic aliases ----


class _BaseGenericAlias(_Hint):
    def __init__(self, origin, *, inst=True, name=None):
        self._inst = inst
        self._name = name
        self.__origin__ = origin
        self.__slots__ = None

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; "
                f"use {self.__origin__.__name__}() instead"
            )
        result = self.__origin__(*args, **kwargs)
        try:
            result.__orig_class__ = self
        except AttributeError:
            pass
        return result

    def __mro_entries__(self, bases):
        entries = []
        if self.__origin__ not in bases:
            entries.append(self.__origin__)
        after = bases[bases.index(self) + 1:]
        if not any(isinstance(b, _BaseGenericAlias) or (isinstance(b, type) and issubclass(b, Generic)) for b in after):
            entries.append(Generic)
        return tuple(entries)

    def __getattr__(self, attr):
        if attr in ("__origin__", "__args__"):
            raise AttributeError(attr)
        if "__origin__" in self.__dict__ and not (attr.startswith("__") and attr.endswith("__")):
            return getattr(self.__origin__, attr)
        if attr in ("__name__", "__qualname__"):
            return self._name or self.__origin__.__name__
        if attr == "__module__":
            return "typing"
        raise AttributeError(attr)

    def __setattr__(self, attr, val):
        dunder = attr.startswith("__") and attr.endswith("__")
        if dunder or attr in ("_name", "_inst", "_nparams"):
            super().__setattr__(attr, val)
        else:
            setattr(self.__origin__, attr, val)

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")


class _GenericAlias(_BaseGenericAlias):
    """Something subscripted."""

    def __init__(self, origin, args, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name)
        self.__args__ = args if isinstance(args, tuple) else (args,)
        self.__parameters__ = _parameters(self.__args__)
        if not name:
            self.__module__ = origin.__module__

    def __eq__(self, other):
        if not isinstance(other, _GenericAlias):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __getitem__(self, args):
        if self.__origin__ in (Generic, _protocol()):
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        if not self.__parameters__:
            raise TypeError(f"{self} is not a generic class")
        args = args if isinstance(args, tuple) else (args,)
        args = tuple(a if isinstance(a, list) or a is ... else _type_convert(a) for a in args)
        _check_count(self, args, len(self.__parameters__))
        mapping = dict(zip(self.__parameters__, args))
        return self.copy_with(tuple(_substituted(a, mapping) for a in self.__args__))

    def copy_with(self, args):
        return self.__class__(self.__origin__, args, name=self._name, inst=self._inst)

    def __repr__(self):
        name = "typing." + self._name if self._name else _type_repr(self.__origin__)
        args = ", ".join(map(_type_repr, self.__args__)) if self.__args__ else "()"
        return f"{name}[{args}]"

    def __mro_entries__(self, bases):
        if isinstance(self.__origin__, _SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name:
            return super().__mro_entries__(bases)
        if self.__origin__ is Generic:
            if _protocol() in bases:
                return ()
            after = bases[bases.index(self) + 1:]
            if any(isinstance(b, _BaseGenericAlias) and b is not self for b in after):
                return ()
        return (self.__origin__,)

    def __iter__(self):
        yield Unpack[self]


def _protocol():
    """typing.Protocol, once there is one."""
    return Generic._protocol


def _check_count(cls, args, wanted):
    if not wanted:
        raise TypeError(f"{cls} is not a generic class")
    if len(args) != wanted:
        what = "many" if len(args) > wanted else "few"
        raise TypeError(f"Too {what} arguments for {cls}; actual {len(args)}, expected {wanted}")


class _UnionGenericAlias(_GenericAlias):
    def copy_with(self, args):
        return Union[args]

    def __eq__(self, other):
        if not isinstance(other, (_UnionGenericAlias, types.UnionType)):
            return NotImplemented
        return set(self.__args__) == set(other.__args__)

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and type(None) in args:
            other = args[1] if args[0] is type(None) else args[0]
            return f"typing.Optional[{_type_repr(other)}]"
        return super().__repr__()

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        for arg in self.__args__:
            if issubclass(cls, arg):
                return True
        return False


class _CallableGenericAlias(_GenericAlias):
    def __repr__(self):
        args = self.__args__
        if len(args) == 2 and (args[0] is ... or isinstance(args[0], (ParamSpec, _ConcatenateAlias))):
            return super().__repr__()
        shown = ", ".join(map(_type_repr, args[:-1]))
        return f"typing.Callable[[{shown}], {_type_repr(args[-1])}]"


class _LiteralAlias(_GenericAlias):
    def __eq__(self, other):
        if not isinstance(other, _LiteralAlias):
            return NotImplemented
        return set(_with_types(self.__args__)) == set(_with_types(other.__args__))

    def __hash__(self):
        return hash(frozenset(_with_types(self.__args__)))

    def __repr__(self):
        return f"typing.Literal[{', '.join(map(repr, self.__args__))}]"


class _ConcatenateAlias(_GenericAlias):
    pass


class _AnnotatedAlias(_GenericAlias):
    def __init__(self, origin, metadata):
        if isinstance(origin, _AnnotatedAlias):
            metadata = origin.__metadata__ + metadata
            origin = origin.__args__[0]
        super().__init__(Annotated, (origin,), name="Annotated")
        self.__dict__["__metadata__"] = metadata

    def copy_with(self, args):
        return _AnnotatedAlias(args[0], self.__metadata__)

    def __repr__(self):
        shown = ", ".join(repr(a) for a in self.__metadata__)
        return f"typing.Annotated[{_type_repr(self.__args__[0])}, {shown}]"

    def __eq__(self, other):
        if not isinstance(other, _AnnotatedAlias):
            return NotImplemented
        return self.__args__ == other.__args__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        return hash((self.__args__, self.__metadata__))

    def __call__(self, *args, **kwargs):
        return self.__args__[0](*args, **kwargs)

    def __mro_entries__(self, bases):
        return (self.__args__[0],)


class _SpecialGenericAlias(_BaseGenericAlias):
    """A class under its name in typing: how many parameters it takes; -1: any number, -2: as Callable."""

    def __init__(self, origin, nparams, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name or origin.__name__)
        self._nparams = nparams
        shown = f"{origin.__module__}.{origin.__qualname__}"
        self.__doc__ = f"A generic version of {shown}."

    def __getitem__(self, params):
        if self._nparams == -2:
            return self._callable(params)
        if self._nparams == -1:
            if params == ():
                return self.copy_with(())
            params = params if isinstance(params, tuple) else (params,)
            if len(params) == 2 and params[1] is ...:
                return self.copy_with((_type_check(params[0], "Tuple[t, ...]: t must be a type."), ...))
            msg = "Tuple[t0, t1, ...]: each t must be a type."
            return self.copy_with(tuple(_type_check(p, msg) for p in params))
        params = params if isinstance(params, tuple) else (params,)
        params = tuple(_type_check(p, "Parameters to generic types must be types.") for p in params)
        _check_count(self, params, self._nparams)
        return self.copy_with(params)

    def _callable(self, params):
        if not isinstance(params, tuple) or len(params) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        args, result = params
        result = _type_check(result, "Callable[args, result]: result must be a type.")
        if args is ...:
            args = (...,)
        elif isinstance(args, list):
            args = tuple(_type_convert(a) for a in args)
        elif isinstance(args, (ParamSpec, _ConcatenateAlias)):
            args = (args,)
        else:
            raise TypeError(f"Callable[args, result]: args must be a list. Got {args}")
        return _CallableGenericAlias(self.__origin__, args + (result,), name="Callable", inst=True)

    def copy_with(self, params):
        return _GenericAlias(self.__origin__, params, name=self._name, inst=self._inst)

    def __repr__(self):
        return "typing." + self._name

    def __subclasscheck__(self, cls):
        if isinstance(cls, _SpecialGenericAlias):
            return issubclass(cls.__origin__, self.__origin__)
        if not isinstance(cls, _GenericAlias):
            return issubclass(cls, self.__origin__)
        return super().__subclasscheck__(cls)

    def __instancecheck__(self, obj):
        return isinstance(obj, self.__origin__)

    def __reduce__(self):
        return self._name


# ---- special forms ----


def _union(self, parameters):
    if parameters == ():
        raise TypeError("Cannot take a Union of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    flat = []
    for p in parameters:
        p = _type_check(p, "Union[arg, ...]: each arg must be a type.")
        inner = p.__args__ if isinstance(p, (_UnionGenericAlias, types.UnionType)) else (p,)
        flat.extend(inner)
    parts = []
    for p in flat:
        if p not in parts:
            parts.append(p)
    if len(parts) == 1:
        return parts[0]
    name = "Optional" if len(parts) == 2 and type(None) in parts else None
    return _UnionGenericAlias(self, tuple(parts), name=name or "Union")


def _optional(self, parameters):
    arg = _type_check(parameters, f"{self} requires a single type.")
    return Union[arg, type(None)]


def _with_types(args):
    return [(a, type(a)) for a in args]


def _literal(self, parameters):
    flat = []
    for p in parameters if isinstance(parameters, tuple) else (parameters,):
        flat.extend(p.__args__ if isinstance(p, _LiteralAlias) else (p,))
    kept = []
    for pair in _with_types(flat):
        if pair not in kept:
            kept.append(pair)
    return _LiteralAlias(self, tuple(value for value, _ in kept), name="Literal")


def _single(self, parameters):
    item = _type_check(parameters, f"{self} accepts only single type.")
    return _GenericAlias(self, (item,), name=self._name)


def _concatenate(self, parameters):
    if parameters == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    if not (parameters[-1] is ... or isinstance(parameters[-1], ParamSpec)):
        raise TypeError("The last parameter to Concatenate should be a ParamSpec variable or ellipsis.")
    converted = tuple(_type_convert(p) for p in parameters[:-1]) + parameters[-1:]
    return _ConcatenateAlias(self, converted, name="Concatenate")


def _unpack(self, parameters):
    return _GenericAlias(self, (_type_check(parameters, f"{self} accepts only single type."),), name="Unpack")


Union = _SpecialForm("Union", "One of several types.", _union)
Optional = _SpecialForm("Optional", "A type, or None.", _optional)
Literal = _SpecialForm("Literal", "One of several values.", _literal)
ClassVar = _SpecialForm("ClassVar", "An attribute of the class.", _single)
Final = _SpecialForm("Final", "A name that isn't assigned again.", _single)
TypeGuard = _SpecialForm("TypeGuard", "What a function narrows its argument to.", _single)
Required = _SpecialForm("Required", "A key that has to be there.", _single)
NotRequired = _SpecialForm("NotRequired", "A key that may be missing.", _single)
Concatenate = _SpecialForm("Concatenate", "Parameters before those of a ParamSpec.", _concatenate)
Unpack = _SpecialForm("Unpack", "What a TypeVarTuple stands for.", _unpack)
NoReturn = _SpecialForm("NoReturn", "What never returns.")
Never = _SpecialForm("Never", "The type without values.")
Self = _SpecialForm("Self", "The class at hand.")
LiteralString = _SpecialForm("LiteralString", "A text of the source.")
TypeAlias = _SpecialForm("TypeAlias", "Says that an assignment names a type.")


class Annotated:
    """A type, and things said of it."""

    __slots__ = ()
    __module__ = "typing"

    def __new__(cls, *args, **kwargs):
        raise TypeError("Type Annotated cannot be instantiated.")

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple) or len(params) < 2:
            raise TypeError(
                "Annotated[...] should be used with at least two arguments (a type and an annotation)."
            )
        return _AnnotatedAlias(_type_check(params[0], "Annotated[t, ...]: t must be a type."), params[1:])

    def __init_subclass__(cls, *args, **kwargs):
        raise TypeError(f"Cannot subclass {cls.__module__}.Annotated")


class Generic:
    """The base of classes with type parameters."""

    __slots__ = ()
    __module__ = "typing"
    _is_protocol = False
    _protocol = None

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple):
            params = (params,)
        params = tuple(_type_convert(p) for p in params)
        if cls is Generic or cls is Generic._protocol:
            name = cls.__name__
            if not params:
                raise TypeError(f"Parameter list to {cls.__qualname__}[...] cannot be empty")
            if not all(isinstance(p, (TypeVar, ParamSpec, TypeVarTuple, _GenericAlias)) for p in params):
                raise TypeError(
                    f"Parameters to {name}[...] must all be type variables or parameter specification variables."
                )
            if len(set(params)) != len(params):
                raise TypeError(f"Parameters to {name}[...] must all be unique")
        elif not any(isinstance(p, TypeVarTuple) for p in getattr(cls, "__parameters__", ())):
            _check_count(cls, params, len(getattr(cls, "__parameters__", ())))
        return _GenericAlias(cls, params)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        if "__orig_bases__" in cls.__dict__:
            error = Generic in cls.__orig_bases__
        else:
            error = Generic in cls.__bases__ and cls.__name__ != "Protocol"
        if error:
            raise TypeError("Cannot inherit from plain Generic")
        variables = ()
        if "__orig_bases__" in cls.__dict__:
            variables = _parameters(cls.__orig_bases__)
            declared = None
            for base in cls.__orig_bases__:
                if isinstance(base, _GenericAlias) and base.__origin__ is Generic:
                    if declared is not None:
                        raise TypeError("Cannot inherit from Generic[...] multiple times.")
                    declared = base.__parameters__
            if declared is not None:
                missing = [v for v in variables if v not in declared]
                if missing:
                    shown = ", ".join(map(str, missing))
                    listed = ", ".join(map(str, declared))
                    raise TypeError(f"Some type variables ({shown}) are not listed in Generic[{listed}]")
                variables = declared
        cls.__parameters__ = tuple(variables)


for _class in TypeVar, TypeVarTuple, ParamSpec, ForwardRef, _GenericAlias, _SpecialGenericAlias:
    _class.__module__ = "typing"
del _class
