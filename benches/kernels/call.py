def second(a, b):
    return b


def kernel(n):
    result = 0
    for i in range(n):
        result = second(result, i)
    return result
