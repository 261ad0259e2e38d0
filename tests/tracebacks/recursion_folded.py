def down(n):
    if n == 0:
        raise ValueError("bottom")
    return down(n - 1)


def even(n):
    return odd(n - 1)


def odd(n):
    return even(n - 1) if n else down(10)


even(5)
