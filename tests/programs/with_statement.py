# with: protocol, suppression, several managers, errors from __enter__ and __exit__.
class CM:
    def __init__(self, name, suppress=False, enter_exc=None, exit_exc=None, value=None):
        self.name, self.suppress, self.enter_exc, self.exit_exc, self.value = name, suppress, enter_exc, exit_exc, value
    def __enter__(self):
        print("enter", self.name)
        if self.enter_exc:
            raise self.enter_exc
        return self.value or self.name
    def __exit__(self, t, v, tb):
        print("exit", self.name, t and t.__name__, v, tb is not None)
        if self.exit_exc:
            raise self.exit_exc
        return self.suppress
def show(f):
    try:
        print(f.__name__, "returned", f())
    except Exception as e:
        print(f.__name__, "->", type(e).__name__, e, "| context", repr(e.__context__))
def plain():
    with CM("a") as x:
        return x
def no_as():
    with CM("a"):
        pass
    return "after"
def raises():
    with CM("a"):
        raise ValueError("v")
def suppressed():
    with CM("a", True):
        raise ValueError("v")
    return "survived"
def two():
    with CM("a") as x, CM("b") as y:
        return x + y
def parens():
    with (
        CM("a") as x,
        CM("b", True) as y,
    ):
        raise KeyError(x + y)
    return "inner suppressed"
def outer_suppresses():
    with CM("a", True), CM("b"):
        1 / 0
    return "ok"
def second_enter_fails():
    with CM("a"), CM("b", enter_exc=KeyError("enter b")):
        print("not reached")
def second_enter_fails_suppressed():
    with CM("a", True), CM("b", enter_exc=KeyError("enter b")):
        print("not reached")
    return "ok"
def exit_raises():
    with CM("a", exit_exc=KeyError("from exit")):
        pass
def exit_replaces():
    with CM("a", exit_exc=KeyError("from exit")):
        raise ValueError("body")
def unpack():
    with CM("a", value=(1, (2, 3))) as (p, (q, r)):
        return p, q, r
def unpack_fails():
    with CM("a", value=(1, 2)) as (p, q, r):
        pass
def target_attr():
    class O: pass
    d = {}
    with CM("a") as O.attr, CM("b") as d["k"]:
        return O.attr, d
def loop():
    for i in range(3):
        with CM(i):
            if i == 0:
                continue
            break
    return i
def truthy():
    with CM("a", "yes"):
        raise ValueError
    with CM("b", 0):
        raise KeyError("not suppressed by 0")
def ret_in_with_in_try():
    try:
        with CM("a"):
            return "value"
    finally:
        print("finally")
class NoEnter:
    def __exit__(self, *a): pass
class NoExit:
    def __enter__(self): pass
def no_enter():
    with NoEnter(): pass
def no_exit():
    with NoExit(): pass
def not_cm():
    with 5: pass
def instance_attrs():
    class E: pass
    e = E()
    e.__enter__ = e.__exit__ = lambda *a: None
    with e: pass
def bad_exit_args():
    class E:
        def __enter__(self): return self
        def __exit__(self): pass
    with E(): pass
for f in (
    plain, no_as, raises, suppressed, two, parens, outer_suppresses, second_enter_fails,
    second_enter_fails_suppressed, exit_raises, exit_replaces, unpack, unpack_fails,
    target_attr, loop, truthy, ret_in_with_in_try, no_enter, no_exit, not_cm, instance_attrs,
    bad_exit_args,
):
    show(f)
def gen():
    with CM("g"):
        yield 1
        yield 2
print(list(gen()))
with CM("module") as m:
    print(m)
