def twice(f):
    def wrapper(*args):
        f(*args)
        return f(*args)
    return wrapper


@twice
def consume(items):
    first, second = items.pop(), items.pop()
    assert first > second, f"{first} is not more than {second}"


consume([2, 1, 8, 9])
