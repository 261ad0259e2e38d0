"""Copies of objects: shallow, or with everything that is in them."""

import types
from copyreg import dispatch_table

__all__ = ["Error", "copy", "deepcopy"]


class Error(Exception):
    pass


error = Error

_ATOMIC = {
    type(None), int, float, bool, str, bytes, type, range, slice, type(Ellipsis), type(NotImplemented),
    types.FunctionType, types.BuiltinFunctionType, types.CodeType, property, types.GenericAlias,
    types.UnionType,
}


def copy(x):
    """A shallow copy."""
    cls = type(x)
    if cls in _ATOMIC or cls is tuple or cls is frozenset:
        return x
    if cls is list or cls is dict or cls is set:
        return x.copy()
    if issubclass(cls, type):
        return x
    copier = getattr(cls, "__copy__", None)
    if copier is not None:
        return copier(x)
    rv = _reduced(x, cls, "shallow")
    if isinstance(rv, str):
        return x
    return _reconstruct(x, None, *rv)


def deepcopy(x, memo=None, _nil=[]):
    """A copy that shares nothing with the original. `memo` holds what has been copied, by identity."""
    cls = type(x)
    if cls in _ATOMIC:
        return x
    if memo is None:
        memo = {}
    key = id(x)
    y = memo.get(key, _nil)
    if y is not _nil:
        return y
    if cls is list:
        y = memo[key] = []
        append = y.append
        for a in x:
            append(deepcopy(a, memo))
    elif cls is dict:
        y = memo[key] = {}
        for k, value in x.items():
            y[deepcopy(k, memo)] = deepcopy(value, memo)
    elif cls is tuple:
        y = _deepcopy_tuple(x, memo)
    elif cls is types.MethodType:
        y = cls(x.__func__, deepcopy(x.__self__, memo))
    elif issubclass(cls, type):
        y = x
    else:
        y = _deepcopy_object(x, cls, memo)
    if y is not x:
        memo[key] = y
        _keep_alive(x, memo)
    return y


def _deepcopy_tuple(x, memo):
    copies = [deepcopy(a, memo) for a in x]
    # A tuple that contains itself has been copied on the way.
    if id(x) in memo:
        return memo[id(x)]
    for old, new in zip(x, copies):
        if old is not new:
            return tuple(copies)
    return x


def _deepcopy_object(x, cls, memo):
    copier = getattr(x, "__deepcopy__", None)
    if copier is not None:
        return copier(memo)
    rv = _reduced(x, cls, "deep")
    if isinstance(rv, str):
        return x
    return _reconstruct(x, memo, *rv)


def _reduced(x, cls, kind):
    """What the object says it is made of, in the way of pickling; `kind` of copy is for the message."""
    reductor = dispatch_table.get(cls)
    if reductor is not None:
        return reductor(x)
    reductor = getattr(x, "__reduce_ex__", None)
    if reductor is not None:
        return reductor(4)
    reductor = getattr(x, "__reduce__", None)
    if not reductor:
        raise Error(f"un({kind})copyable object of type {cls}")
    return reductor()


def _keep_alive(x, memo):
    """Keeps the original as long as the memo: its identity must not be given to another object."""
    try:
        memo[id(memo)].append(x)
    except KeyError:
        memo[id(memo)] = [x]


def _reconstruct(x, memo, func, args, state=None, listiter=None, dictiter=None):
    """Makes an object as a reduction says; with a memo, of copies of all parts."""
    deep = memo is not None
    if deep and args:
        args = tuple([deepcopy(arg, memo) for arg in args])
    y = func(*args)
    if deep:
        memo[id(x)] = y
    if state is not None:
        if deep:
            state = deepcopy(state, memo)
        if hasattr(y, "__setstate__"):
            y.__setstate__(state)
        else:
            slotstate = None
            if isinstance(state, tuple) and len(state) == 2:
                state, slotstate = state
            if state is not None:
                y.__dict__.update(state)
            if slotstate is not None:
                for key, value in slotstate.items():
                    setattr(y, key, value)
    if listiter is not None:
        for item in listiter:
            y.append(deepcopy(item, memo) if deep else item)
    if dictiter is not None:
        for key, value in dictiter:
            if deep:
                key, value = deepcopy(key, memo), deepcopy(value, memo)
            y[key] = value
    return y
