# Decorators: order, arguments, classes as decorators, stacked on methods.
log = []
def tag(name):
    log.append("make " + name)
    def deco(f):
        log.append("apply " + name)
        def wrapper(*args, **kw):
            log.append("call " + name)
            return (name, f(*args, **kw))
        return wrapper
    return deco
@tag("outer")
@tag("inner")
def f(x, y=1):
    return x + y
print(log); log.clear()
print(f(1), f(1, y=5), log, f.__name__)
class Count:
    def __init__(self, f):
        self.f, self.n = f, 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
@Count
def g(x):
    return x * 2
print(g(1), g(2), g.n, type(g).__name__)
def memo(f):
    cache = {}
    def inner(n):
        if n not in cache:
            cache[n] = f(n)
        return cache[n]
    inner.cache = cache
    return inner
@memo
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), len(fib.cache))
def reg(cls):
    cls.registered = True
    return cls
def rename(n):
    def d(cls):
        cls.__name__ = n
        return cls
    return d
@rename("Other")
@reg
class K:
    @staticmethod
    @tag("s")
    def s(a):
        return a
    @classmethod
    @tag("c")
    def c(cls, a):
        return cls.__name__, a
    @property
    @tag("p")
    def p(self):
        return "prop"
print(K.registered, K.__name__, K.s(1), K().s(2), K.c(3), K().p, repr(K))
funcs = [lambda f: f"decorated {f()}"]
@funcs[0]
def h():
    return "h"
print(h)
@lambda f: [f, f]
def pair():
    return 1
print(len(pair), pair[0] is pair[1])
@(y := str)
class Text: pass
print(Text, y is str)
try:
    @None
    def bad(): pass
except TypeError as e:
    print(e)
try:
    @undefined_decorator
    def never(): pass
except NameError as e:
    print(e, "never" in globals())
