def kernel(n):
    base = 3
    for _ in range(n):
        for item in (base + i for i in (1, 2, 3, 4)):
            pass
