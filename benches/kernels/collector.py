def kernel(n):
    base = 3
    for _ in range(n):
        set(base + i for i in (1, 2, 3, 4))
