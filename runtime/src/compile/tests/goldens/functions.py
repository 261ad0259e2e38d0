@d1
@d2(3)
def f(a, b=1, /, c=2, *args, k=X, **kw) -> int:
    """doc"""
    return lambda x, y=c: x + y + b
def g(a: int, *, b: str = "s"): pass
