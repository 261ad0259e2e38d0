def f(a, b):
    x = a + b
    y = -x * 2 - 1
    z = 2 ** 10 + len("ab" * 3)
    return 100 - y // (z & 0xff)
