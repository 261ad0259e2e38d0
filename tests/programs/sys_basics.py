# The parts of sys that do not depend on the machine.
import sys
print(len(sys.argv), sys.argv[0].endswith("sys_basics.py"), sys.argv[1:], type(sys.argv).__name__)
print(sys.getrecursionlimit(), sys.maxsize, sys.byteorder in ("little", "big"))
print(type(sys.path).__name__, "sys" in sys.modules, "builtins" in sys.modules)
print("__main__" in sys.modules, sys.modules["sys"] is sys, sys.modules["__main__"].sys is sys)
print(sys.version_info[0], sys.version_info[1], sys.version_info >= (3, 8))
print(sys.version_info < (4,), type(sys.version).__name__, sys.__name__)
print(type(sys.platform).__name__, sys.maxunicode)
print(sys.exc_info(), sys.intern("abc") == "abc", sys.stdout is sys.__stdout__, sys.stderr is not None, sys.stdin is not None)
def leave(*args):
    try:
        sys.exit(*args)
    except SystemExit as e:
        return e.code, e.args, repr(e)
print(leave(), leave(0), leave(3), leave("msg"), leave(None), leave([1]))
try:
    sys.exit(1, 2)
except TypeError as e:
    print(e)
try:
    sys.nope
except AttributeError as e:
    print(e)
try:
    import sys as s2, builtins
    print(s2 is sys, builtins.__name__)
    from sys import maxsize, argv as a
    print(maxsize == sys.maxsize, a is sys.argv)
    from sys import no_such_name
except ImportError as e:
    print(type(e).__name__, e)
n = 0
try:
    n = 1
    sys.exit(5)
except Exception:
    n = 2
except BaseException as e:
    print("base", e.code, n)
finally:
    print("finally")
def f():
    try:
        sys.exit()
    finally:
        print("unwinding")
try:
    f()
except SystemExit as e:
    print(e.code, isinstance(e, Exception))
