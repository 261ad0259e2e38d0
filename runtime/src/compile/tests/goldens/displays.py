def f(a):
    x = [1, 2, 3]
    y = (a, *x, 4)
    z = {1: a, **y, 2: x}
    s = {a, *x}
    return (1, (2, "x")), [a], {}
