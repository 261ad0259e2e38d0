# Every kind of wrong call to a Python function, and its message.
def none(): pass
def one(a): pass
def two(a, b): pass
def three(a, b, c): pass
def dflt(a, b=1): pass
def dflt2(a=1, b=2): pass
def args(*args): pass
def a_args(a, *args): pass
def kwargs(**kw): pass
def konly(*, k): pass
def konly2(*, k, j): pass
def konly3(*, k, j, i): pass
def konlyd(a, *, k=1): pass
def ponly(a, /): pass
def ponly2(a, b, /): pass
def ponlyd(a, /, b, c=3): pass
def mixed(a, b=2, /, c=3, *, d, e=5): pass
class C:
    def m(self, x): pass
    def n(self): pass
    def __init__(self, x=0): pass
    @staticmethod
    def s(x): pass
    @classmethod
    def c(cls, x): pass
    def noself(): pass
class Empty: pass
class WithInit:
    def __init__(self, a, b): pass

five, text, nil, empty = 5, "a", None, []

tests = """none(1)
none(1, 2)
none(x=1)
one()
one(1, 2)
one(1, 2, 3)
one(b=1)
one(1, a=2)
one(1, b=2)
two()
two(1)
two(b=1)
two(1, 2, 3)
two(1, 2, c=3)
two(1, a=1)
three()
three(1)
three(b=1)
dflt()
dflt(1, 2, 3)
dflt(b=1)
dflt2(1, 2, 3)
dflt2(1, 2, 3, c=4)
dflt2(c=1)
args(x=1)
a_args()
a_args(*[])
a_args(1, a=1)
kwargs(1)
konly()
konly(1)
konly(1, 2, k=1)
konly(j=1)
konly2()
konly2(k=1)
konly3()
konlyd()
konlyd(1, 2)
konlyd(1, 2, k=3)
konlyd(1, 2, 3, k=3)
ponly(a=1)
ponly()
ponly2(a=1, b=2)
ponly2(1, b=2)
ponlyd(1)
ponlyd(a=1, b=2)
ponlyd(1, 2, 3, 4)
mixed()
mixed(1)
mixed(1, d=4, b=2)
mixed(1, 2, 3, 4, d=4)
mixed(1, 2, 3, 4, 5)
mixed(1, d=4, f=6)
C().m()
C().m(1, 2)
C().n(1)
C().n(x=1)
C.m()
C.m(1)
C(1, 2)
C(y=1)
C.s()
C().s(1, 2)
C.c()
C().c(1, 2)
C().noself()
Empty(1)
Empty(x=1)
WithInit()
WithInit(1)
WithInit(1, 2, 3)
(lambda x: x)()
(lambda: 0)(1)
one(*[1, 2])
one(**{'a': 1, 'b': 2})
one(**{1: 2})
one(*5)
one(**5)
one(**[1])
one(*None)
two(*[1], **{'a': 1})
one(a=1, **{'a': 2})
kwargs(**{'x': 1}, **{'x': 2})
kwargs(x=1, **{'x': 2})
C()()
(1).real()
five()
text()
nil()
empty()"""
namespace = dict(globals())
for t in tests.splitlines():
    try:
        eval(t, namespace)
    except Exception as e:
        print(t, "->", type(e).__name__, e)
    else:
        print(t, "no error")
