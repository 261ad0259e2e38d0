def f(a, b, g):
    a, b = b, a
    a, b = b, a + b
    x = g(a, g(a := 5))
    y = a + (a := 7)
    b = a = g
    return [b for b in x]
