# Packages, submodules, relative imports.
import pkg.sub as s
print(s.name, s.same(), s.__name__, s.__package__)
from pkg.sub import name
import pkg
print(pkg.version, pkg.sub is s, pkg.Base is pkg.base.Base, name == s.name, pkg.__name__)
print(pkg.__package__, hasattr(pkg, "__path__"), hasattr(s, "__path__"))
import pkg.deep.leaf
print(pkg.deep.leaf.LEAF, pkg.deep.parent_version, pkg.deep.same(), pkg.deep.leaf.Base.__module__, pkg.deep.leaf.__package__)
from pkg import deep, sub as alias
from pkg.deep import leaf as l
print(deep is pkg.deep, alias is s, l is pkg.deep.leaf)
import pkg.deep.leaf as l2, pkg.base
print(l2 is l)
import sys
print(sorted(k for k in sys.modules if k == "pkg" or k.startswith("pkg.")))
top = __import__("pkg.deep.leaf")
print(top is pkg, __import__("pkg.sub", fromlist=["name"]) is s)
for f in (lambda: l.too_far(),):
    try:
        f()
    except ImportError as e:
        print(type(e).__name__, e)
