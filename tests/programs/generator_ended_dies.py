# A generator that rested inside a `try` once, and has ended since, dies as everything else does.
import gc
import weakref


def generator():
    try:
        yield 1
        yield 2
    finally:
        pass


def ended():
    made = generator()
    next(made)
    rest = list(made)
    return rest, weakref.ref(made)


found = [ended() for _ in range(10)]
gc.collect()
print([rest for rest, _ in found], [reference() for _, reference in found])
