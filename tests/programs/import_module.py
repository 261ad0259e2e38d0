# import of a module from the path: runs once, attributes, aliases, from-imports, star.
print("main is", __name__)
import helper_mod
import helper_mod as h
from helper_mod import value, bump as b, Thing
print(helper_mod is h, helper_mod.value, value, b(), h.bump(5), helper_mod.counter, h.where())
print(Thing(3), Thing.__module__, helper_mod.__name__, helper_mod.__doc__)
from helper_mod import counter
b()
print(counter, h.counter)
helper_mod.value = 99
h.added = "added"
import helper_mod as again
print(again.value, value, again.added, hasattr(h, "nope"))
def local_import():
    import helper_mod as inner
    from helper_mod import where
    return inner is h, where()
print(local_import())
try:
    inner
except NameError as e:
    print(e)
from with_all import *
print(shown, _also, "not_shown" in globals())
ns = {}
exec("from helper_mod import *", ns)
print(sorted(k for k in ns if not k.startswith("__")))
class C:
    import helper_mod as m
    from helper_mod import value as v
print(C.m is h, C.v)
import sys
print(sys.modules["helper_mod"] is h, type(h).__name__, "value" in dir(h), sorted(k for k in vars(h) if not k.startswith("__")))
del sys.modules["helper_mod"]
import helper_mod
print(helper_mod is h, helper_mod.value, h.value)
h2 = __import__("helper_mod")
print(h2 is helper_mod, repr(h2).startswith("<module 'helper_mod' from "), h2.__file__.endswith("helper_mod.py"))
if __name__ == "__main__":
    print("main block")
