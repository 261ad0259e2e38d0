def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def kernel(n):
    # fib(16) is 3193 calls.
    for _ in range(n // 3193 + 1):
        result = fib(16)
    return result
