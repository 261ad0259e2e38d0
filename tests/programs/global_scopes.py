# global, shadowed builtins, names in exec/eval, NameError and UnboundLocalError.
x = 1
def read():
    return x
def write():
    global x, made
    x = 2
    made = "here"
def local():
    x = 5
    return x
print(read(), local(), read())
write()
print(read(), made)
def unbound():
    print(x)
    x = 3
def unbound_aug():
    x += 1
def unbound_del():
    del x
    x = 1
def cond(flag):
    if flag:
        y = 1
    return y
def loop():
    for q in []:
        pass
    return q
def handler():
    try:
        1 / 0
    except ZeroDivisionError as e:
        pass
    return e
def missing():
    return no_such_name
def del_global():
    global gone
    del gone
def del_twice():
    z = 1
    del z
    del z
def nested_missing():
    def f():
        return v
    f()
    v = 1
for f in (
    unbound, unbound_aug, unbound_del,
    lambda: cond(False),
    loop, handler, missing, del_global, del_twice, nested_missing,
    lambda: also_missing,
):
    try:
        f()
    except NameError as e:
        print(type(e).__name__, e)
print(cond(True))
def shadow():
    len = lambda v: "shadowed"
    return len([1])
print(shadow(), len([1]))
len = lambda v: "global shadow"
print(len([1]))
del len
print(len([1]))
try:
    del len
except NameError as e:
    print(e)
try:
    print(undefined_at_module)
except NameError as e:
    print(e, e.name)
class Body:
    x = x + 10
    print("in body", x)
    def m(self):
        return x
    del x
    print("after del", x)
print(hasattr(Body, "x"), Body().m())
class UsesGlobal:
    global set_in_class
    set_in_class = 7
print(set_in_class, hasattr(UsesGlobal, "set_in_class"))
print(globals()["x"], "no_such" in globals(), __name__)
globals()["injected"] = 42
print(injected)
def locs(a, b=2):
    c = 3
    return locals()
print(locs(1))
def many():
    global m1
    m1 = 1
    def inner():
        global m1
        m1 += 1
    inner()
    return m1
print(many(), m1)
def shadow_param(print_, int=float):
    return int("3")
print(shadow_param(None))
for x in "ab":
    pass
print(x, [x for x in range(3)], x)
import builtins
builtins.extra = "from builtins"
print(extra)
def true_div():
    True_ = False
    return True_
print(true_div())
