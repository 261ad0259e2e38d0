# yield from: send, throw and close through it; return values; iterators that are no generators.
def inner():
    got = []
    try:
        while True:
            try:
                x = yield len(got)
            except KeyError as e:
                got.append(f"caught {e}")
            else:
                if x is None:
                    return got
                got.append(x)
    finally:
        print("inner finally")
def outer():
    r = yield from inner()
    yield ("result", r)
g = outer()
print(next(g), g.send("a"), g.throw(KeyError("k")), g.send("b"), next(g), next(g, "end"))
g = outer(); next(g)
try:
    g.throw(ValueError("not handled"))
except ValueError as e:
    print("out:", e)
print(next(g, "finished"))
g = outer(); next(g); g.close()
def ignores_close():
    while True:
        try:
            yield 1
        except GeneratorExit:
            yield "still here"
g = ignores_close(); next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)
def over_iter():
    r = yield from iter([1, 2])
    print("list iterator returns", r)
    yield from {"k": 1}
    yield from range(2)
    yield from (c for c in "xy")
print(list(over_iter()))
g = over_iter(); next(g)
try:
    g.send(5)
except AttributeError as e:
    print(e)
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 2: raise StopIteration("it value")
        return self.n
    def send(self, v): return f"sent {v}"
def use_it():
    return (yield from It())
def wrap():
    r = yield from use_it()
    yield r
g = wrap(); print(next(g), g.send("hello"), next(g), next(g))
def bad():
    yield from 5
try:
    list(bad())
except TypeError as e:
    print(e)
def chain(*its):
    for it in its: yield from it
def flatten(x):
    for v in x:
        if isinstance(v, list): yield from flatten(v)
        else: yield v
print(list(chain("ab", (1, 2), chain([3]))), list(flatten([1, [2, [3, []], 4], [[5]]])))
def averager():
    total = n = 0
    avg = None
    while (v := (yield avg)) is not None:
        total, n = total + v, n + 1
        avg = total / n
    return avg
def collect(out):
    while True: out.append((yield from averager()))
out = []
c = collect(out); next(c)
for v in (10, 20, None, 5, None): c.send(v)
print(out)
def expr_positions():
    x = [(yield 1), (yield 2)]
    d = {(yield "k"): (yield "v")}
    f = lambda: (yield)
    return x, d, (yield) or "none"
g = expr_positions(); vals = [next(g)]
try:
    for i in range(10): vals.append(g.send(i))
except StopIteration as e:
    print(vals, e.value)
def throw_class():
    try: yield
    except ZeroDivisionError as e: yield repr(e)
g = throw_class(); next(g); print(g.throw(ZeroDivisionError))
g = throw_class(); next(g); print(g.throw(ZeroDivisionError("inst")))
g = throw_class()
try:
    g.throw(KeyError("before start"))
except KeyError as e:
    print("KeyError", e, list(g))
g = throw_class(); next(g)
try:
    g.throw(5)
except TypeError as e:
    print(e)
def context():
    try: 1 / 0
    except ZeroDivisionError:
        yield 1
        raise ValueError("later")
g = context(); next(g)
try:
    next(g)
except ValueError as e:
    print(repr(e.__context__))
