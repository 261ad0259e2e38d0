# collections: deque, defaultdict, OrderedDict, Counter, namedtuple, ChainMap, UserDict and its siblings.
from collections import *
import collections
import copy


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
d.extend([5, 6])
d.extendleft([-1, -2])
print(d, len(d), d[0], d[-1], d[4], 3 in d, 99 in d, d.count(3), d.index(3), d.maxlen)
print(d.pop(), d.popleft(), d)
d.rotate(2)
print(d)
d.rotate(-3)
print(d)
d.reverse()
d.insert(2, "in")
d.insert(-1, "near end")
d.insert(100, "end")
d.remove("in")
d[0] = "first"
del d[1]
print(d, list(reversed(d)), list(d))
print(deque("abc", maxlen=2), deque(range(5), 3), deque([], 0), deque())
b = deque(maxlen=3)
for i in range(6):
    b.append(i)
print(b, b.maxlen, b.copy(), copy.copy(b).maxlen, copy.deepcopy(b))
b.appendleft("L")
print(b)
b.extendleft("xyz")
print(b, b + deque([9]), b * 2, 2 * deque([1]), deque([1]) * 0, deque([1, 2]) == deque([1, 2]), deque([1]) < deque([2]), deque([1]) == [1], deque([1]) != deque([1, 2]))
b += "q"
b *= 2
print(b)
b.clear()
print(b, bool(b))
big = deque()
for i in range(5000):
    big.append(i)
    if i % 3 == 0:
        big.popleft()
print(len(big), big[0], big[len(big) // 2], sum(big))
for f, args in [(deque().pop, ()), (deque().popleft, ()), (deque([1]).remove, (2,)), (deque([1]).index, (2,)), (deque([1]).__getitem__, (5,)), (deque([1]).__getitem__, ("a",)),
                (deque, (5,)), (deque, ([], -1)), (deque, ([], "a")), (deque([1], 1).insert, (0, 2)), (hash, (deque(),)), (deque([1]).__add__, ([1],)), (deque, (1, 2, 3)),
                (deque([1]).__setitem__, (4, 1)), (deque([1]).__delitem__, (4,)), (deque().rotate, ("a",)), (setattr, (deque(), "maxlen", 3)), (deque([1, 2, 3]).__getitem__, (slice(1),)),
                (deque([1, 2, 1]).index, (1, 1)), (deque([1]).__lt__, (5,)), (setattr, (deque(), "x", 3))]:
    attempt(f, *args)
try:
    m = deque([1, 2, 3])
    for x in m:
        m.append(x)
except RuntimeError as error:
    print(error)
r = deque([1])
r.append(r)
print(r)


class Stack(deque):
    def top(self):
        return self[-1]


s = Stack([1, 2], maxlen=5)
s.label = "x"
print(s, s.top(), s.copy(), type(s.copy()).__name__, copy.copy(s), s.label, isinstance(s, deque))

dd = defaultdict(list)
dd["a"].append(1)
dd["b"].append(2)
dd["a"].append(3)
print(dd, dd["c"], len(dd), dd.default_factory, dd.get("z"), "z" in dd, copy.copy(dd), dd == {"a": [1, 3], "b": [2], "c": []})
count = defaultdict(int, {"x": 5}, y=6)
for word in "the cat the dog the".split():
    count[word] += 1
print(count, dict(count), defaultdict(None, a=1), defaultdict(lambda: 7)["k"])
attempt(lambda: defaultdict()["missing"])
attempt(defaultdict, 5)
print(defaultdict(int, a=1) | {"b": 2}, {"b": 2} | defaultdict(int, a=1), type(count.copy()).__name__)
deep = copy.deepcopy(dd)
deep["a"].append(9)
print(dd["a"], deep["a"], deep.default_factory)


class Tree(defaultdict):
    def __missing__(self, key):
        self[key] = value = Tree(self.default_factory)
        return value


t = Tree()
t["a"]["b"]["c"] = 1
print(t)

od = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
od.move_to_end("a")
od.move_to_end("c", last=False)
print(od, list(od), od.popitem(), od.popitem(last=False), od, OrderedDict(), OrderedDict(x=1))
od["z"] = 1
print(OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == {"b": 2, "a": 1}, OrderedDict.fromkeys("ab", 0), list(reversed(OrderedDict(a=1, b=2))))
attempt(OrderedDict().popitem)
attempt(od.move_to_end, "nope")
print(od | {"q": 1}, copy.copy(od), od.copy() == od, od.pop("z"), od.setdefault("new", 5), OrderedDict(a=1) != OrderedDict(a=2))

c = Counter("abracadabra")
print(c, c["a"], c["zzz"], c.most_common(2), c.total(), sorted(c.elements()), Counter(a=3, b=-1), Counter([1, 1, 2]), Counter())
c.update("aaa")
c.subtract("bb")
c.update({"new": 5}, x=1)
print(c, len(c), c.most_common()[-1])
x, y = Counter(a=3, b=1), Counter(a=1, b=2, c=1)
print(x + y, x - y, x & y, x | y, +Counter(a=1, b=-1), -Counter(a=1, b=-1), x == y, x <= x + y, x < y, Counter(a=1) == Counter(a=1, b=0), x >= x)
x += y
x -= Counter(a=1)
x |= Counter(z=9)
x &= Counter(z=5, a=5)
print(x, x.copy(), dict(x), type(x.copy()).__name__)
del x["not there"]
attempt(Counter.fromkeys, "abc")
attempt(Counter, 5)

Point = namedtuple("Point", "x y")
p = Point(1, y=2)
print(p, p.x, p[1], p == (1, 2), p._fields, p._asdict(), p._replace(x=5), Point._make([7, 8]), tuple(p), Point.__doc__, Point.x.__doc__, Point.__module__, len(p))
a, b = p
print(a, b, hash(p) == hash((1, 2)), p + (3,), sorted([Point(2, 1), Point(1, 9)]), Point.__new__.__defaults__, isinstance(p, tuple), Point.__slots__, copy.copy(p), copy.deepcopy(p))
D = namedtuple("D", ["a", "b", "c"], defaults=[2, 3])
print(D(1), D(1, 5), D._field_defaults, namedtuple("R", "a class a _x 1b", rename=True)._fields, namedtuple("E", "")(), namedtuple("M", "q", module="mod").__module__)
for f, args in [(Point, (1,)), (Point, (1, 2, 3)), (namedtuple, ("1x", "a")), (namedtuple, ("X", "a a")), (namedtuple, ("X", "_a")), (namedtuple, ("X", "class")),
                (namedtuple, ("class", "a")), (Point._make, ([1],)), (setattr, (p, "x", 5)), (delattr, (p, "x")), (setattr, (p, "z", 5)), (namedtuple, ("X", "a b c d-e")), (Point.x.__get__, (5,))]:
    attempt(f, *args)
attempt(namedtuple, "X", "a", defaults=[1, 2])
attempt(p._replace, q=1)
attempt(Point, 1, 2, z=3)


class Better(namedtuple("Better", "x y")):
    __slots__ = ()

    @property
    def total(self):
        return self.x + self.y

    def __str__(self):
        return f"B({self.total})"


q = Better(3, 4)
print(q, repr(q), q.total, q._replace(x=0), type(q._replace(x=0)).__name__, Point.x, type(Point.x).__name__)
match p:
    case Point(x=1, y=v):
        print("matched", v)
match p:
    case Point(u, v):
        print("matched", u, v)

cm = ChainMap({"a": 1}, {"a": 2, "b": 3})
print(cm, cm["a"], cm["b"], list(cm), len(cm), "b" in cm, cm.get("z", 0), dict(cm), cm.parents, cm.new_child({"c": 5}), cm.maps)
cm["b"] = 9
del cm["a"]
print(cm, cm["a"], bool(ChainMap()), cm | {"k": 1}, {"k": 1} | cm, cm.copy(), sorted(cm.items()), cm.pop("b"))
attempt(lambda: cm["zz"])
attempt(cm.pop, "zz")
attempt(cm.popitem)
attempt(lambda: cm.__delitem__("a"))


class Upper(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.upper(), value)


u = Upper({"a": 1}, b=2)
u["c"] = 3
u.update(d=4)
print(u, u["A"], "B" in u, "b" in u, len(u), list(u), u | {"e": 5}, u.data, u.copy(), isinstance(u, dict), u.get("zz"), u.pop("A"))
ul = UserList([3, 1, 2])
ul.append(5)
ul += [7]
ul.sort()
print(ul, ul[1:], ul + [1], [0] + ul, ul * 2, ul == [1, 2, 3, 5, 7], 5 in ul, ul.index(5), ul.pop(), len(ul), list(reversed(ul)), copy.copy(ul), ul < [9])
us = UserString("hello")
print(us, repr(us), us.upper(), us + " x", "x " + us, us[1:3], us == "hello", us.find("l"), us * 2, len(us), "ell" in us, us.split("l"), us.replace("l", "L"), hash(us) == hash("hello"), f"{us}")
print(collections.deque, collections.defaultdict, collections.OrderedDict, Counter, sorted(collections.__all__))
total = 0
queue = deque([(0, 1)])
while queue:
    depth, n = queue.popleft()
    total += n
    if depth < 9:
        queue.append((depth + 1, n * 2 % 17))
        queue.append((depth + 1, n * 3 % 17))
print(total)
