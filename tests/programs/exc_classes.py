# Exception classes: args, str, repr, hierarchy, custom ones, special attributes.
for e in (
    ValueError(), ValueError("a"), ValueError("a", 1), ValueError(None), KeyError("k"),
    KeyError("a", "b"), KeyError(), IndexError("i"), Exception(("t",)), StopIteration(5),
    StopIteration(), SystemExit(3), SystemExit(), OSError("msg"), OSError(2, "No such file"),
    OSError(2, "No such file", "f.txt"), AttributeError("x"), NameError("n"), UnicodeError("u"),
    ImportError("m"), AssertionError(), RuntimeError("multi\nline"), Exception("it's"),
    ValueError(b"b"), LookupError([1]),
):
    print(type(e).__name__, str(e), repr(e), e.args, sep=" | ")
print(StopIteration(7).value, SystemExit(4).code, SystemExit("m").code, SystemExit().code)
print(OSError(2, "x").errno, OSError(2, "x", "f").filename, OSError(2, "y").strerror)
print(type(OSError(2, "x")).__name__, ImportError("m", name="nm").name)
try:
    None.foo
except AttributeError as e:
    print(e.name, e.obj)
try:
    {}["zz"]
except KeyError as e:
    print(e.args, e)
for a, b in (
    (ZeroDivisionError, ArithmeticError), (KeyError, LookupError), (IndexError, LookupError),
    (RecursionError, RuntimeError), (UnboundLocalError, NameError),
    (ModuleNotFoundError, ImportError), (UnicodeDecodeError, ValueError),
    (FileNotFoundError, OSError), (KeyboardInterrupt, Exception), (SystemExit, Exception),
    (GeneratorExit, Exception), (StopIteration, Exception), (Exception, BaseException),
    (NotImplementedError, RuntimeError), (OverflowError, ArithmeticError),
    (IndentationError, SyntaxError), (FloatingPointError, ArithmeticError),
    (AssertionError, Exception), (Warning, Exception), (DeprecationWarning, Warning),
    (IOError, OSError), (TimeoutError, OSError), (BrokenPipeError, ConnectionError),
):
    print(a.__name__, b.__name__, issubclass(a, b))
class My(Exception):
    pass
class WithInit(Exception):
    def __init__(self, code, msg="default"):
        super().__init__(f"{code}: {msg}")
        self.code = code
class NoSuper(Exception):
    def __init__(self, a, b):
        self.a = a
class Str(My):
    def __str__(self): return "custom str"
class Multi(KeyError, AttributeError): pass
for e in (My("m"), My(), My(1, 2), WithInit(5), WithInit(6, "six"), NoSuper(1, 2), Str("x"), Multi("mm")):
    print(str(e), repr(e), e.args, e.__dict__)
print([k.__name__ for k in Multi.__mro__])
def which(exc):
    try:
        raise exc
    except (KeyError, IndexError) as e:
        return "lookup pair", repr(e)
    except ArithmeticError:
        return "arith"
    except My as e:
        return "my", e.args
    except Exception as e:
        return "exception", type(e).__name__
    except:
        return "bare"
for x in (
    KeyError(1), IndexError, ZeroDivisionError("z"), My(3), Str(), ValueError, SystemExit,
    KeyboardInterrupt(), Multi("q"), StopIteration,
):
    print(which(x))
def unbound():
    e = "before"
    try:
        raise ValueError("v")
    except ValueError as e:
        pass
    return e
def reassign():
    try:
        raise ValueError("v")
    except ValueError as e:
        e = 5
    return "e" in locals()
def deleted():
    try:
        raise ValueError("v")
    except ValueError as e:
        del e
    return "fine"
def bad_match():
    try:
        raise ValueError("v")
    except 5:
        pass
def bad_tuple():
    try:
        raise ValueError("v")
    except (KeyError, "x"):
        pass
def unraised_not_checked():
    try:
        pass
    except no_such_name:
        pass
    return "ok"
def dynamic():
    kinds = (KeyError,)
    try:
        raise ValueError("dyn")
    except kinds + (ValueError,) as e:
        return str(e)
def wide_tuple():
    try:
        raise ValueError("nt")
    except (KeyError, IndexError, ValueError) as e:
        return str(e)
for f in (unbound, reassign, deleted, bad_match, bad_tuple, unraised_not_checked, dynamic, wide_tuple):
    try:
        print(f.__name__, f())
    except Exception as e:
        print(f.__name__, "->", type(e).__name__, e)
try:
    raise ValueError("module")
except ValueError as err:
    pass
try:
    err
except NameError as e2:
    print(e2)
e = ValueError("a")
e.args = (1, 2); print(e, repr(e))
e.extra = "x"; print(e.__dict__)
print(ValueError("a") == ValueError("a"), isinstance(e, (KeyError, ValueError)), Exception.__name__, type(e).__mro__[1].__name__)
