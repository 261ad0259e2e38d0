def f(a, n):
    x = {k: v + n for k, v in a if v for _ in k}
    return any(y == n for y in x)
