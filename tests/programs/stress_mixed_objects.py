# A heap full of mixed objects, kept and dropped by a deterministic plan.
class Item:
    made = 0
    def __init__(self, n, link):
        Item.made += 1
        self.n, self.link, self.tags = n, link, [n, str(n)]
class Slotted:
    __slots__ = ("a", "b")
    def __init__(self, a, b): self.a, self.b = a, b
def gen(n):
    while n:
        yield n
        n -= 1
seed = 99
def rnd(n):
    global seed
    seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
    return (seed >> 10) % n
makers = [
    lambda i, o: Item(i, o),
    lambda i, o: Slotted(i, o),
    lambda i, o: [i, o, [o]],
    lambda i, o: {"i": i, "o": o, i: "self"},
    lambda i, o: (i, o, (i,)),
    lambda i, o: {i, i + 1, str(i)},
    lambda i, o: (lambda: (i, o)),
    lambda i, o: "s" * (i % 50) + str(i),
    lambda i, o: i ** 5,
    lambda i, o: i / 7,
    lambda i, o: gen(i % 5),
    lambda i, o: bytes([i % 256]) * (i % 9),
    lambda i, o: Item(i, None).__init__,
    lambda i, o: ValueError(i, o),
    lambda i, o: range(i),
    lambda i, o: type("T", (), {"v": i}) if i % 5000 == 15 else iter([i]),
]
slots = [None] * 500
for i in range(300000):
    k = rnd(500)
    # every tenth object refers to another slot's object; chains are cut below
    o = slots[rnd(500)] if i % 10 == 0 else None
    slots[k] = makers[i % 16](i, o)
    if i % 5000 == 0:
        for j in range(0, 500, 3):
            slots[j] = None
def weigh(o):
    if isinstance(o, Item): return o.n + len(o.tags) + o.tags[0]
    if isinstance(o, Slotted): return o.a
    if isinstance(o, (list, tuple)): return o[0]
    if isinstance(o, dict): return o["i"] + len(o[o["i"]])
    if isinstance(o, (set, str, bytes, range)): return len(o)
    if isinstance(o, int): return o % 1000
    if isinstance(o, float): return round(o)
    if isinstance(o, Exception): return o.args[0]
    if isinstance(o, type): return o.v
    if o is None: return 1
    name = type(o).__name__
    if name == "function": return o()[0]
    if name == "generator": return sum(o)
    if name == "method": return o.__self__.n
    return next(o)
print(sum(weigh(o) for o in slots), Item.made)
kinds = {}
for o in slots:
    n = type(o).__name__
    kinds[n] = kinds.get(n, 0) + 1
print(sorted(kinds.items()))
