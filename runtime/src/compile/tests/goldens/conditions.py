def f(a, b):
    if not (a and b is not None) or a < 3 <= b:
        return 1
    while True:
        if a == "s":
            break
    if 0:
        dead()
    x = a or b and None
    y = 1 if a > 2.5 else b
    return a in [1, 2] and b not in {3}
