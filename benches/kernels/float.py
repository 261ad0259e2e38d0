def kernel(n):
    x = 0.5
    for i in range(n):
        x = x * 1.0000001 + 0.1
        if x > 100.0:
            x = x - 99.5
    return x
