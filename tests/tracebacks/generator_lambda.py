check = lambda v: v.missing


def numbers():
    yield 1
    yield check(2)


total = sum(check(n) if n > 1 else n for n in numbers())
