import a.b, c.d as e
from . import x
from ..m import y as z
from n import *
def f():
    import a.b
    from c import d
