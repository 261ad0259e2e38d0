# __cause__, __context__, __suppress_context__, raise from, bare raise, tracebacks as objects.
def show(f):
    try:
        f()
    except BaseException as e:
        print(f.__name__, repr(e), "| cause", repr(e.__cause__), "| context", repr(e.__context__), "|", e.__suppress_context__)
        return e
def implicit():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second")
def explicit():
    try:
        1 / 0
    except ZeroDivisionError as z:
        raise ValueError("second") from z
def from_none():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("second") from None
def from_class():
    raise ValueError("v") from KeyError
def from_inst_no_context():
    raise ValueError("v") from KeyError("k")
def from_bad():
    raise ValueError("v") from 5
def raise_class():
    raise KeyError
def raise_bad():
    raise 5
def raise_str():
    raise "old style"
def raise_bad_class():
    raise int
def bare_no_active():
    raise
def bare():
    try:
        1 / 0
    except ZeroDivisionError:
        raise
def bare_nested():
    try:
        raise KeyError("outer")
    except KeyError:
        try:
            raise ValueError("inner")
        except ValueError:
            pass
        raise
def in_finally():
    try:
        raise KeyError("a")
    finally:
        raise ValueError("b")
def reraise_named():
    try:
        raise KeyError("a")
    except KeyError as e:
        raise e
def three():
    try:
        try:
            raise KeyError("1")
        except KeyError:
            raise ValueError("2")
    except ValueError:
        raise TypeError("3")
def handler_done():
    try:
        raise KeyError("gone")
    except KeyError:
        pass
    raise ValueError("no context")
def bare_in_function():
    def helper():
        raise
    try:
        raise KeyError("from caller")
    except KeyError:
        helper()
def constructor_fails():
    class Bad(Exception):
        def __init__(self):
            raise TypeError("in init")
    raise Bad
for f in (
    implicit, explicit, from_none, from_class, from_inst_no_context, from_bad, raise_class,
    raise_bad, raise_str, raise_bad_class, bare_no_active, bare, bare_nested, in_finally,
    reraise_named, handler_done, bare_in_function, constructor_fails,
):
    show(f)
e = show(three)
chain = []
while e:
    chain.append(type(e).__name__)
    e = e.__context__
print(chain)
e = ValueError("manual")
e.__cause__ = KeyError("c")
print(e.__suppress_context__, repr(e.__cause__))
e.__cause__ = None
print(e.__suppress_context__)
for bad in (5, KeyError):
    try:
        e.__cause__ = bad
    except TypeError as t:
        print(t)
same = ValueError("same")
try:
    try:
        raise same
    except ValueError:
        raise same
except ValueError as got:
    print(got is same, got.__context__)
try:
    raise ValueError("tb")
except ValueError as v:
    print(v.__traceback__ is not None, v.__traceback__.tb_lineno, v.with_traceback(None).__traceback__)
x = ValueError("n")
x.add_note("note 1"); x.add_note("note 2")
print(x.__notes__, hasattr(ValueError(), "__notes__"))
import sys
print(sys.exc_info())
try:
    1 / 0
except ZeroDivisionError:
    print(sys.exc_info()[0].__name__, sys.exc_info()[1])
print(sys.exc_info()[0])
