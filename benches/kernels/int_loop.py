def kernel(n):
    total = 0
    for i in range(n):
        total = total + (i & 7) * 3
    return total
