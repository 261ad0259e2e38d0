def f(a):
    x = yield
    y = yield from a
    return x + (yield y)
