# The order in which subexpressions are evaluated.
log = []
def t(v):
    log.append(v)
    return v
def show(label):
    print(label, log)
    log.clear()
t(1) + t(2) * t(3) - t(4); show("arith")
t(2) ** t(3) ** t(0); show("power")
t(1) < t(2) < t(3); show("chain")
t(5) < t(2) < t(3); show("chain stops")
t(0) and t(1); t(1) or t(2); not t(3); show("logic")
t("a") if t(0) else t("b"); show("conditional")
[t(1), t(2), *t([3]), t(4)]; (t(5), t(6)); {t(7), t(8)}; show("displays")
{t("k"): t("v"), **t({}), t("k2"): t("v2")}; show("dict")
def f(*a, **k): return log.append("called")
t(f)(t(1), *t([2]), t(3), k=t(4), **t({"z": 5})); log[0] = "function"; show("call")
t([1, 2, 3])[t(0):t(2):t(1)]; show("slice")
t({"a": {"b": 1}})[t("a")][t("b")]; show("subscripts")
l = [0, 0, 0]
t(l)[t(1)] = t("value"); log[0] = "list"; show("assign")
d = {}
t(d)[t("k")], t(d)[t("j")] = t(1), t(2); show("tuple assign")
class O:
    def __init__(self): object.__setattr__(self, "v", 1)
    def __getattribute__(self, n): log.append("get " + n); return object.__getattribute__(self, n)
    def __setattr__(self, n, v): log.append(f"set {n}"); object.__setattr__(self, n, v)
    def __getitem__(self, k): log.append(f"getitem {k}"); return 10
    def __setitem__(self, k, v): log.append(f"setitem {k} {v}")
    def __delitem__(self, k): log.append(f"delitem {k}")
o = O()
o.v += t(5); show("aug attr")
o[t("k")] += t(5); show("aug item")
o[t(1):t(2)] -= t(3); log = [str(x) for x in log]; show("aug slice")
del o[t(1)], o[t(2)]; show("del")
x = 1
def change(): global x; x = 100; return 1
x += change(); print(x)
x = 1; y = x + change() + x; print(y)
x = 1; print([x, change(), x])
i = 0
a = [0] * 6
def nxt(): global i; i += 1; return i
a[nxt() - 1], a[nxt() - 1] = nxt(), nxt(); print(a, i)
def deco(n): log.append("deco " + n); return lambda f: log.append("apply " + n) or f
@deco("a")
@deco("b")
def g(p=t("default"), *, q=t("kwdefault")): pass
show("def")
class M(type):
    def __new__(m, n, b, ns, **k): log.append("metaclass"); return super().__new__(m, n, b, ns)
@deco("cls")
class C(t(O), metaclass=t(M)):
    t("body")
log = [x if isinstance(x, str) else x.__name__ for x in log]; show("class")
[t(i) for i in t([1, 2]) if t(i) > 1]; show("listcomp")
[t((i, j)) for i in t([1, 2]) for j in t([i])]; show("nested comp")
lambda p=t("lambda default"): t("never"); show("lambda")
assert t(True), t("message not evaluated"); show("assert")
try:
    assert t(False), t("message")
except AssertionError as e:
    show("assert fails " + str(e))
f"{t(1)} {t('x'):>{t(5)}} {t(2)!r}"; show("fstring")
(t("w") if (w := t(1)) else 0, w); show("walrus")
for k in t([1, 2]): t("body")
else: t("else")
show("for")
try:
    t(1) / t(0) + t("never")
except ZeroDivisionError:
    show("raises")
try:
    undefined_function(t("argument"))
except NameError:
    show("name first")
try:
    t(None)(t("argument"))
except TypeError:
    show("callable checked last")
t(1) in t([1]); t(1) is t(1); t(2) not in t([]); show("membership")
