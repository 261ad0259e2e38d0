# What goes wrong in imports, and the state afterwards.
import sys
def attempt(code):
    try:
        exec(code, {"__name__": "__main__"})
        print(code, "ok")
    except Exception as e:
        print(code, "->", type(e).__name__, "|", str(e).split(" (/")[0].replace(chr(10), " "), "|", getattr(e, "name", None) if isinstance(e, ImportError) else None)
attempt("import no_such_module")
attempt("import no_such.sub.mod")
attempt("from no_such import x")
attempt("import pkg.no_such")
attempt("import helper_mod.sub")
attempt("from pkg import no_such")
attempt("from helper_mod import missing")
attempt("from helper_mod import value, missing2")
attempt("from pkg.sub import no_name")
attempt("from pkg import sub")
attempt("import sys.nope")
attempt("from sys import nope")
attempt("from . import x")
attempt("from .mod import x")
attempt("from math import nothing")
attempt("__import__('')")
attempt("__import__(5)")
attempt("import helper_mod\nhelper_mod.nope")
attempt("import raises_mod")
print("raises_mod" in sys.modules)
attempt("import raises_mod")
try:
    import bad_syntax_mod
except SyntaxError as e:
    print(type(e).__name__, e.lineno, e.filename.endswith("bad_syntax_mod.py"), "bad_syntax_mod" in sys.modules)
import cycle_a
print(cycle_a.name, cycle_a.cycle_b.name)
print(issubclass(ModuleNotFoundError, ImportError), repr(ImportError("m", name="n", path="p")), ImportError("m", name="n").name)
sys.modules["blocked"] = None
attempt("import blocked")
sys.modules["fake"] = type("Fake", (), {"attr": 5})
attempt("from fake import attr")
attempt("from fake import other")
try:
    import no_such_at_all
except ImportError as e:
    no = str(e)
else:
    no = None
finally:
    print(no)
sys.path.insert(0, "/definitely/not/there")
attempt("import also_missing")
