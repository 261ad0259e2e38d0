# contextlib.contextmanager with exceptions that go through it, are swallowed or replaced.
from contextlib import contextmanager, ExitStack, suppress
import sys
log = []
@contextmanager
def cm(name, swallow=None, replace=None):
    log.append("enter " + name)
    try:
        yield name
    except Exception as e:
        log.append(f"{name} saw {type(e).__name__} {e}")
        if replace: raise replace from e
        if not swallow: raise
    finally:
        log.append("exit " + name)
with cm("a") as v: log.append(v)
try:
    with cm("b"): raise KeyError("k")
except KeyError as e: log.append(repr(e))
with cm("c", swallow=True): raise ValueError(1)
try:
    with cm("d", replace=TypeError("t")): raise ValueError(2)
except TypeError as e: log.append((repr(e), repr(e.__cause__), repr(e.__context__)))
try:
    with cm("e"), cm("f", swallow=True), cm("g"): raise OSError("x")
except OSError: log.append("not here")
try:
    with cm("h"): raise StopIteration("s")
except StopIteration as e: log.append(repr(e))
with ExitStack() as st:
    for n in "xyz": st.enter_context(cm(n, swallow=n == "y"))
    raise IndexError("deep")
@contextmanager
def bad(): yield 1; yield 2
try:
    with bad(): pass
except RuntimeError as e: log.append(str(e))
@contextmanager
def none():
    if False: yield
try:
    with none(): pass
except RuntimeError as e: log.append(str(e))
@cm("deco", swallow=True)
def f(x): log.append(x); raise ValueError(x)
f(1); f(2)
for l in log: print(l)
