def compute(a, b):
    first = 1 + a * 2
    return first + a / (b - b) * 3


print(compute(1, 2))
