# match: mapping and class patterns, __match_args__.
def m(x):
    match x:
        case {"type": "point", "x": x, "y": y}: return f"point {x},{y}"
        case {"type": "group", "items": [first, *_], **rest}: return f"group {first} {rest}"
        case {"n": int(n) | float(n)}: return f"n {n}"
        case {1: v}: return f"int key {v}"
        case {"only": None}: return "only none"
        case {**kw} if not kw: return "empty dict"
        case {}: return f"some dict {len(x)}"
        case _: return "no dict"
class D(dict):
    def __missing__(self, k): return "missing!"
for v in (
    {"type": "point", "x": 1, "y": 2, "z": 3}, {"type": "point", "x": 1},
    {"type": "group", "items": [1, 2], "a": 5}, {"type": "group", "items": []}, {"n": 5},
    {"n": 2.5}, {"n": "x"}, {1: "one"}, {True: "t"}, {"only": None}, {}, [], D(), D(n=1), None,
):
    print(repr(v), "->", m(v))
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class Sub(Point): pass
class NoArgs:
    a = 1
class Prop:
    @property
    def val(self): print("val read"); return 5
def c(x):
    match x:
        case Point(0, 0): return "origin"
        case Point(0, y) | Point(y, 0) if y < 0: return f"negative axis {y}"
        case Point(x=0, y=y): return f"y axis {y}"
        case Sub(x, y): return f"sub {x} {y}"
        case Point(x, y=Point(a, b)): return f"nested {x} {a} {b}"
        case Point(x) if x == 9: return "x only"
        case Point(): return "some point"
        case NoArgs(a=1, b=b): return f"noargs {b}"
        case NoArgs(a=1): return "noargs without b"
        case Prop(val=5): return "prop"
        case int(0) | str("zero"): return "zero"
        case bool(b): return f"bool {b}"
        case int(n): return f"int {n}"
        case [Point(x=px), *_]: return f"list with point {px}"
        case str() | bytes(): return "text"
        case float(f): return f"float {f}"
        case tuple((a, b)): return f"tuple of two {a} {b}"
        case dict(d): return f"dict {d}"
        case set(s): return f"set {len(s)}"
        case Exception(args=[msg]): return f"exception {msg}"
        case _: return "unknown"
n = NoArgs(); n.b = 7
for v in (
    Point(0, 0), Point(0, -1), Point(-2, 0), Point(0, 4), Sub(1, 2), Point(1, Point(2, 3)),
    Point(9, 9), Point(1, 1), n, NoArgs(), Prop(), 0, "zero", False, True, 5, [Point(3, 3)],
    "s", b"s", 1.5, (1, 2), (1, 2, 3), {"a": 1}, {1, 2}, ValueError("oops"), ValueError(), None,
    object,
):
    print(type(v).__name__, c(v))
def too_many():
    match Point(1, 2):
        case Point(1, 2, 3): pass
def none_accepted():
    match NoArgs():
        case NoArgs(1): pass
def dup():
    match Point(1, 2):
        case Point(1, x=1): pass
def not_class():
    five = 5
    match 1:
        case five(): pass
class BadArgs:
    __match_args__ = ["x"]
class BadName:
    __match_args__ = (1,)
def bad_args():
    match BadArgs():
        case BadArgs(1): pass
def bad_name():
    match BadName():
        case BadName(1): pass
def int_two():
    match 1:
        case int(1, 2): pass
for f in (too_many, none_accepted, dup, not_class, bad_args, bad_name, int_two):
    try:
        print(f())
    except TypeError as e:
        print(f.__name__, e)
