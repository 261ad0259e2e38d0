# Exceptions: tracebacks hold frames, handlers let go.
#: a traceback keeps the locals of the frame that raised
def f():
    t = T('local')
    raise ValueError
try:
    f()
except ValueError as e:
    print('handler')
print('after')
#: two frames deep
def g():
    b = T('inner')
    raise ValueError
def f():
    a = T('outer')
    g()
try:
    f()
except ValueError:
    print('handler')
print('after')
#: exception kept beyond the handler
saved = None
def f():
    t = T('local')
    raise ValueError
try:
    f()
except ValueError as e:
    saved = e
print('still')
saved = None
print('gone')
#: the catching frame is held too
saved = []
def f():
    t = T('local')
    try:
        raise ValueError
    except ValueError as e:
        saved.append(e)
    print('end of f')
f()
print('after f')
saved.clear()
print('end')
#: without the traceback nothing is held
def f():
    t = T('local')
    raise ValueError
saved = None
try:
    f()
except ValueError as e:
    saved = e.with_traceback(None)
    print('dropped')
print('end')
#: argument of the exception
try:
    raise ValueError(T('argument'))
except ValueError as e:
    print('handler')
print('after')
#: attribute of the exception
class E(Exception): pass
try:
    e = E()
    e.t = T('t')
    raise e
except E as x:
    print('handler')
    del e
print('after')
#: finally
def f():
    t = T('t')
    try:
        raise ValueError
    finally:
        print('finally')
try:
    f()
except ValueError:
    print('handler')
print('after')
#: return in finally
def f():
    t = T('t')
    try:
        raise ValueError
    finally:
        return 'returned'
print(f())
#: raise from
def f():
    t = T('first')
    raise KeyError('k')
def g():
    u = T('second')
    try:
        f()
    except KeyError as e:
        raise ValueError('v') from e
try:
    g()
except ValueError as e:
    print('handler', type(e.__cause__).__name__)
print('after')
#: implicit context
def f():
    t = T('t')
    raise KeyError
try:
    try:
        f()
    except KeyError:
        raise ValueError
except ValueError as e:
    print('handler')
print('after')
#: loop with handlers
def f(n):
    t = T(n)
    raise ValueError
for n in range(3):
    try:
        f(n)
    except ValueError:
        print('caught', n)
print('after')
#: bare raise
def f():
    t = T('t')
    try:
        raise ValueError
    except ValueError:
        print('again')
        raise
try:
    f()
except ValueError:
    print('handler')
print('after')
#: else clause
def f():
    t = T('t')
    try:
        pass
    except ValueError:
        pass
    else:
        print('else')
f()
print('after')
#: with statement
class C(T):
    def __enter__(self): print('enter'); return self
    def __exit__(self, *a): print('exit'); return True
with C('c') as c:
    raise ValueError
print('after')
c = None
#: with statement, temporary manager
class C(T):
    def __enter__(self): print('enter')
    def __exit__(self, *a): print('exit')
with C('c'):
    print('body')
print('after')
#: exception in a comprehension
def f(n):
    if n == 2: raise ValueError
    return T(n)
try:
    [f(n) for n in range(4)]
except ValueError:
    print('handler')
print('after')
#: arguments of a call that raises
def f(a, b):
    raise ValueError
try:
    f(T('a'), T('b'))
except ValueError:
    print('handler')
print('after')
#: arguments of a call that can't bind
def f(a): pass
try:
    f(T('a'), T('b'))
except TypeError:
    print('handler')
print('after')
#: temporaries of an expression that raises
def bad(): raise ValueError
try:
    [T('a'), bad()]
except ValueError:
    print('handler')
print('after')
#: traceback object alone
def f():
    t = T('t')
    raise ValueError
tb = None
try:
    f()
except ValueError as e:
    tb = e.__traceback__
print('held')
tb = tb.tb_next
print('still held')
tb = None
print('end')
#: finalizer that raises is reported and forgotten
import sys
class Quiet:
    def write(self, text): pass
    def flush(self): pass
class B:
    def __del__(self):
        print('del B')
        raise ValueError('ignored')
keep, sys.stderr = sys.stderr, Quiet()
b = B()
b = None
sys.stderr = keep
print('after')
#: finalizer while an exception is on its way
class D:
    def __del__(self):
        try:
            raise KeyError
        except KeyError:
            print('inner')
def f():
    d = D()
    raise ValueError('outer')
try:
    f()
except ValueError as e:
    print('outer', e.args)
print('after')
#: StopIteration lets go
class I:
    def __init__(self): self.t = T('held by iterator')
    def __iter__(self): return self
    def __next__(self): raise StopIteration
for x in I():
    pass
print('after')
#: KeyError holds its key
d = {}
try:
    d[T('key')]
except KeyError as e:
    print('handler')
print('after')
