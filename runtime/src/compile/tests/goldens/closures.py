def f(p):
    n = 0
    def g():
        nonlocal n
        n += p
        del q
        return q
    q = g
    return g
