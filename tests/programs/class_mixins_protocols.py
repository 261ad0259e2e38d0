# Cooperative mixins, template methods, __init__ chains, class registries, total ordering by hand, fluent APIs.
class Base:
    def __init__(self, **kw):
        self.left = kw
        self.trace = ["Base"]
class Named:
    def __init__(self, *, name="anon", **kw):
        super().__init__(**kw)
        self.name = name
        self.trace.append("Named")
class Sized:
    def __init__(self, *, size=0, **kw):
        super().__init__(**kw)
        self.size = size
        self.trace.append("Sized")
class Widget(Named, Sized, Base):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.trace.append("Widget")
w = Widget(name="w", size=3, extra=1)
print(w.trace, w.name, w.size, w.left, [k.__name__ for k in Widget.__mro__])
class Ordered:
    def __le__(self, o): return self < o or self == o
    def __gt__(self, o): return not self <= o
    def __ge__(self, o): return not self < o
class V(Ordered):
    def __init__(self, *parts): self.parts = parts
    def __lt__(self, o): return self.parts < o.parts
    def __eq__(self, o): return self.parts == o.parts
    def __repr__(self): return "v" + ".".join(map(str, self.parts))
print(V(1, 2) < V(1, 10), V(1) <= V(1), V(2) > V(1, 9), V(1) >= V(1, 0), sorted([V(2), V(1, 5), V(1)]), max(V(1), V(3), V(2)))
class Shape:
    kinds = {}
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)
        Shape.kinds[cls.__name__.lower()] = cls
    @classmethod
    def make(cls, kind, *a): return cls.kinds[kind](*a)
    def area(self): raise NotImplementedError(f"{type(self).__name__}.area")
    def describe(self): return f"{type(self).__name__} of {self.area():.2f}"
class Square(Shape):
    def __init__(self, s): self.s = s
    def area(self): return self.s ** 2
class Circle(Shape):
    def __init__(self, r): self.r = r
    def area(self): return 3.14159 * self.r ** 2
class Blob(Shape): pass
for a in (("square", 2), ("circle", 1.5), ("blob",), ("hexagon",), ("square",)):
    try:
        print(Shape.make(*a).describe())
    except Exception as e:
        print(type(e).__name__, e)
class Query:
    def __init__(self, rows): self.rows = rows
    def where(self, **kw): return Query([r for r in self.rows if all(r.get(k) == v for k, v in kw.items())])
    def select(self, *ks): return Query([{k: r[k] for k in ks} for r in self.rows])
    def order(self, k, desc=False): return Query(sorted(self.rows, key=lambda r: r[k], reverse=desc))
    def __getattr__(self, n):
        if n.startswith("by_"): return lambda v: self.where(**{n[3:]: v})
        raise AttributeError(f"no query {n}")
    def __iter__(self): return iter(self.rows)
    def __len__(self): return len(self.rows)
    def __getitem__(self, i): return self.rows[i]
q = Query([{"n": "a", "k": 1, "v": 3}, {"n": "b", "k": 2, "v": 1}, {"n": "c", "k": 1, "v": 2}])
print(list(q.where(k=1).order("v").select("n", "v")), len(q.by_k(2)), q.by_n("c")[0])
print([r["n"] for r in q.order("n", True)], bool(q.where(k=9)))
try:
    q.nope
except AttributeError as e:
    print(e)
class Event:
    def __init__(self): self.handlers = []
    def __iadd__(self, h): self.handlers.append(h); return self
    def __isub__(self, h): self.handlers.remove(h); return self
    def __call__(self, *a): return [h(*a) for h in self.handlers]
class Button:
    def __init__(self): self.clicked = Event(); self.n = 0
    def inc(self, by): self.n += by; return self.n
b = Button()
b.clicked += b.inc; b.clicked += lambda by: -by; b.clicked += b.inc
print(b.clicked(5)); b.clicked -= b.inc; print(b.clicked(1), b.n)
class Node:
    def __init__(self, v, *kids): self.v, self.kids = v, kids
    def __iter__(self):
        yield self
        for k in self.kids: yield from k
    def accept(self, visitor): return getattr(visitor, "visit_" + type(self.v).__name__, visitor.default)(self)
class Summer:
    def visit_int(self, n): return n.v + sum(k.accept(self) for k in n.kids)
    def visit_str(self, n): return len(n.v) + sum(k.accept(self) for k in n.kids)
    def default(self, n): return 0
tree = Node(1, Node("abc", Node(5)), Node(2.5, Node(100)), Node(7))
print(tree.accept(Summer()), [n.v for n in tree])
