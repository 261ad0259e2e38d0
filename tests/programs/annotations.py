# Annotations: when they are evaluated, where they are kept, and that they do not bind names.
log = []
def t(v):
    log.append(v)
    return v
x: t("x type") = t("x value")
print(log, x, __annotations__)
log.clear()
y: t("y type")
print(log, "y" in globals(), sorted(__annotations__))
log.clear()
class C:
    a: int
    b: t("b type") = t("b value")
    (c): t("parenthesized, not kept") = 3
    def m(self, p: t("p type") = t("p default"), *r: "rest", k: t("k type") = 1, **kw: "kws") -> t("return"):
        v: undefined_in_local = 5
        w: also_undefined
        return v
print(log)
print(C.__annotations__, hasattr(C, "a"), C.b, C.c, C.m.__annotations__, C().m())
def local_only():
    n: int
    return n
try:
    local_only()
except UnboundLocalError as e:
    print(e)
class D(C):
    pass
print(D.__annotations__ is C.__annotations__ or D.__annotations__, (lambda: 0).__annotations__)
d, o = {}, C()
d[t("key")]: int = 5
o.attr: "str" = 6
log.clear()
d[t("evaluated")]: int
print(d, o.attr, log, "attr" in __annotations__)
try:
    z: undefined_at_module = t("value first")
except NameError as e:
    print(e, "z" in globals(), log)
def defaults(a: 1 + 1 = 2, b: "forward" = None) -> None: pass
print(defaults.__annotations__, defaults(), int | None, list[int], dict[str, list[int]])
