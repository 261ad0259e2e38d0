# Names: locals, globals, rebinding, del, arguments, temporaries.
#: local dies at return
def f():
    a = T('a')
    print('body')
f()
print('after')
#: locals die in the order of their making
def f():
    a = T('a'); b = T('b'); c = T('c')
    c = c
    print('body')
f()
#: parameters die with the frame
def f(x, y):
    print('body', x.name, y.name)
f(T('x'), T('y'))
print('after')
#: argument kept by the caller
def f(x):
    print('in')
t = T('t')
f(t)
print('out')
del t
print('end')
#: rebinding
a = T(1)
a = T(2)
print('rebound')
a = None
print('end')
#: rebinding to itself
a = T(1)
a = a
print('same')
a = T(2)
#: del of a global
a = T('a')
print('before')
del a
print('after')
#: del of one of two names
a = b = T('a')
del a
print('one left')
del b
print('none left')
#: swap
a, b = T('a'), T('b')
a, b = b, a
print(a.name, b.name)
del a
print('-')
del b
#: temporary in an expression statement
T('temporary')
print('after')
#: temporary as an argument of a builtin
print(T('t').name)
print(len([T(1), T(2)]))
#: temporaries in a sum
class N(T):
    def __add__(self, other):
        print('add', self.name, other.name)
        return N(self.name + other.name)
r = N('a') + N('b') + N('c')
print('sum', r.name)
#: result not used
def f():
    return T('result')
f()
print('after')
#: chained attribute of a temporary
class H:
    def __init__(self): self.t = T('inner')
    def __del__(self): print('del holder')
print(H().t.name)
print('after')
#: while loop variable
i = 0
while i < 3:
    x = T(i)
    i += 1
    print('loop', i)
print('done')
del x
#: for loop variable
for x in [T(0), T(1)]:
    print('loop', x.name)
print('done')
del x
#: for loop over fresh objects
for n in range(3):
    T(n)
    print('turn', n)
#: nested calls
def g(t):
    return t
def f():
    x = g(g(T('x')))
    print('f')
f()
#: default argument
def f(t=T('default')):
    print('call')
f()
del f
print('end')
#: closure
def make():
    t = T('captured')
    def inner():
        return t.name
    return inner
inner = make()
print('made', inner())
del inner
print('end')
#: closure cell rebound
def make():
    t = T(1)
    def again(n):
        nonlocal t
        t = T(n)
    return again
again = make()
again(2)
print('two')
again(3)
del again
#: lambda argument
(lambda x: print('lambda', x.name))(T('x'))
#: star arguments
def f(*args, **kw):
    print(len(args), sorted(kw))
f(T(1), T(2), k=T('k'))
print('after')
#: method call on a temporary
class M(T):
    def hello(self):
        print('hello', self.name)
M('m').hello()
print('after')
#: bound method holds its object
class M(T):
    def hello(self):
        print('hello', self.name)
h = M('m').hello
print('bound')
h()
del h
print('end')
#: walrus
if (w := T('w')):
    print('true')
w = None
print('end')
#: unpacking
a, *b = T(1), T(2), T(3)
print('unpacked')
b = None
print('-')
a = None
#: conditional expression
x = T('yes') if 1 else T('no')
print('chosen')
x = None
#: comparison of temporaries
print(T(1) == T(2))
print(T(3) is T(4))
#: class body
class K:
    t = T('class attribute')
print('class made')
K.t = T('other')
print('end')
