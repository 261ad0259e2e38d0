# Dict methods, ordering, views, merging, errors.
d = {"a": 1, "b": 2}
print(d, d["a"], d.get("z"), d.get("z", 0), "a" in d, "z" in d, len(d), list(d))
print(d.keys(), d.values(), d.items(), bool({}), {} == {}, dict(), dict(a=1))
print(dict([("x", 1), ("y", 2)]), dict({"q": 1}, r=2), dict(zip("ab", (1, 2))))
d["c"] = 3
d["a"] = 10
print(d, d.pop("b"), d, d.pop("zz", "dflt"), d.setdefault("a", 99), d.setdefault("n"), d, d.popitem(), d)
d["b"] = "again"
print(d, list(reversed(d)), list(reversed(d.items())))
d.update({"a": 0, "z": 26}); print(d)
d.update([("k", 1)], m=2); print(d)
d.update(n=1); d.update(); print(d)
e = d.copy(); e["new"] = 1; print("new" in d, len(e) - len(d))
del d["a"]; print(d)
d.clear(); print(d)
print(dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), {**{"a": 1}, "b": 2, **{"a": 3}})
print({"a": 1} | {"b": 2, "a": 9}, {"x": {"y": {}}}, {1: "a", 1.0: "b", True: "c"}, {(1, 2): 3})
print({None: 0})
u = {"a": 1}; v = u; u |= {"b": 2}; u |= [("c", 3)]; print(u, v is u)
print({"a": 1, "b": 2} == {"b": 2, "a": 1}, {"a": 1} != {"a": 1.0}, {1: 2} == {1: 3}, {"a": [1]} == {"a": [1]}, {} == [])
k = {"a": 1, "b": 2}
view = k.keys(); items = k.items(); vals = k.values()
k["c"] = 3
print(view, len(items), list(vals), "c" in view, ("c", 3) in items, ("c", 4) in items, 3 in vals)
print(sorted(view & {"a", "z"}), sorted(view | {"z"}), sorted(view - {"a"}))
print(sorted(view ^ {"a", "q"}), view == {"a", "b", "c"})
print(items == {"a": 1, "b": 2, "c": 3}.items(), view.isdisjoint(["x"]))
print(view <= {"a", "b", "c", "d"})
def during(f):
    d = {"a": 1, "b": 2}
    for x in d:
        f(d, x)
    return d
def add(d, x): d[x + "x"] = 1
def drop(d, x): del d[x]
def change(d, x): d[x] = 9
print(during(change))
for f in (
    lambda: during(add),
    lambda: during(drop),
    lambda: {}["a"],
    lambda: {}[1],
    lambda: {}[(1, "a")],
    lambda: {}["it's"],
    lambda: {}.pop("a"),
    lambda: {}.popitem(),
    lambda: {[]: 1},
    lambda: {}[[]],
    lambda: {}.get({}),
    lambda: [] in {},
    lambda: {} < {},
    lambda: {} + {},
    lambda: {} | [],
    lambda: dict(5),
    lambda: dict([1]),
    lambda: dict(["abc"]),
    lambda: dict([(1, 2, 3)]),
    lambda: {}.update(5),
    lambda: {}.nope,
    lambda: hash({}),
    lambda: dict({}, {}),
    lambda: {}.pop(),
    lambda: {}.get(),
    lambda: {**5},
    lambda: {**[1]},
    lambda: {}.setdefault(),
    lambda: {}.fromkeys(3),
    lambda: {[1]: 2},
    lambda: {{1}: 1},
    lambda: {slice(1): 1},
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
def items_change():
    d = {1: 1}
    for k, v in d.items():
        d[k + 1] = 1
try:
    items_change()
except RuntimeError as e:
    print(e)
class M(dict):
    def __missing__(self, k):
        return "missing " + k
m = M(a=1)
print(m["a"], m["b"], m.get("b"), "b" in m, m, type(m.copy()).__name__, isinstance(m, dict))
