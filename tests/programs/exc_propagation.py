# Exceptions out of iteration, comprehensions, callbacks, special methods; state afterwards.
class Boom(Exception): pass
def boom(*a): raise Boom(*a)
class It:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise Boom("next")
        return self.n
class Bad:
    def __bool__(self): boom("bool")
    def __eq__(self, o): boom("eq")
    def __hash__(self): boom("hash")
    def __len__(self): boom("len")
    def __getattr__(self, n): boom("attr", n)
    def __iter__(self): boom("iter")
    def __add__(self, o): boom("add")
    def __lt__(self, o): boom("lt")
    def __contains__(self, o): boom("contains")
    def __call__(self): boom("call")
    def __repr__(self): return boom("repr")
    def __getitem__(self, k): boom("getitem", k)
    def __enter__(self): boom("enter")
    def __exit__(self, *a): boom("exit")
b = Bad()
def with_bad():
    with b: pass
def for_loop():
    out = []
    try:
        for x in It(3):
            out.append(x)
    finally:
        print("collected", out)
def star_assign(): a, *c = It(2)
def unpack2(): a, c = It(1)
def extend():
    l = [0]
    try:
        l.extend(It(2))
    finally:
        print("list", l)
def slice_assign():
    l = [0, 1]
    try:
        l[1:] = It(2)
    finally:
        print("list", l)
def dict_update():
    d = {}
    try:
        d.update((k, 1) for k in It(2))
    finally:
        print("dict", d)
def assign_order():
    l = [1, 2]
    try:
        l[0], l[boom("index")] = 10, 20
    finally:
        print(l)
for f in (
    lambda: bool(b),
    lambda: not b,
    lambda: 1 if b else 2,
    lambda: b and 1,
    lambda: b == 1,
    lambda: b in [b],
    lambda: 1 in [b],
    lambda: [1] == [b],
    lambda: {b},
    lambda: {b: 1},
    lambda: {}.get(b),
    lambda: len(b),
    lambda: b.x,
    lambda: hasattr(b, "x"),
    lambda: getattr(b, "x", 1),
    lambda: [*b],
    lambda: list(b),
    lambda: b + 1,
    lambda: sorted([b, b]),
    lambda: 1 in b,
    lambda: b(),
    lambda: repr(b),
    lambda: [b].__repr__(),
    lambda: f"{b}",
    lambda: b[3],
    with_bad, for_loop, star_assign, unpack2, extend, slice_assign, dict_update, assign_order,
    lambda: [x for x in It(2)],
    lambda: {x: x for x in It(1)},
    lambda: list(map(boom, [1])),
    lambda: list(filter(boom, [1, 2])),
    lambda: max(It(2)),
    lambda: sum(It(2)),
    lambda: ",".join(str(x) for x in It(2)),
    lambda: dict.fromkeys(It(1)),
    lambda: any(It(2)) and all(It(2)),
    lambda: list(zip([1, 2, 3], It(1))),
    lambda: 1 in It(1),
    lambda: min([3, 1], key=boom),
    lambda: print(*It(1)),
    lambda: tuple(boom(i) for i in range(2)),
    lambda: [boom(i) for i in range(2)],
    lambda: (lambda: boom("nested"))(),
    lambda: next(It(0), "default does not hide"),
    lambda: list(iter(boom, 1)),
):
    try:
        print(f())
    except Boom as e:
        print("Boom", e.args)
def deep(n):
    if n == 0:
        boom("deep")
    try:
        deep(n - 1)
    except KeyError:
        print("wrong")
try:
    deep(50)
except Boom as e:
    n = 0
    tb = e.__traceback__
    while tb:
        n += 1
        tb = tb.tb_next
    print("frames", n)
count = 0
for i in range(1000):
    try:
        try:
            boom(i)
        except Boom as e:
            if i % 2:
                raise KeyError(i) from e
    except KeyError:
        count += 1
print(count)
def stop():
    raise StopIteration("plain function")
try:
    [stop() for _ in range(2)]
except StopIteration as e:
    print("StopIteration passes", e)
try:
    list(stop() for _ in range(2))
except RuntimeError as e:
    print(e)
print(list(map(lambda x: next(iter([])), [1, 2])))
