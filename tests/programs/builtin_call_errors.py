# Wrong calls of builtin functions and types, and their messages.
class C: pass

tests = """len()
len(1, 2)
len(x=1)
len(5)
print(foo=1)
abs()
ord()
isinstance(1)
isinstance(1, 2)
issubclass(1, int)
getattr(1)
hasattr(1)
setattr(1)
max()
max(5)
max([])
min(())
max(1, 'a')
next()
next([])
iter(5)
iter(5, 0)
sum()
sum(5)
sum(['a'])
sum(['a'], '')
zip(5)
map()
map(int)
enumerate()
enumerate(5)
reversed(5)
reversed({1})
all(5)
chr()
callable()
divmod(1)
divmod('a', 1)
pow(1)
hash()
id()
repr()
object(1)
type()
type(1, 2)
super(1)
range()
any(1, 2)
object().x
round()
filter(None)
input(1, 2)"""
namespace = dict(globals())
for t in tests.splitlines():
    try:
        eval(t, namespace)
    except Exception as e:
        print(t, "->", type(e).__name__, e)
    else:
        print(t, "no error")


def told(f, *args):
    try:
        print(f(*args))
    except TypeError as e:
        print(e)


for f in (int.__add__, str.join, list.sort, dict.get, list.append, list.__init__, property.__init__, object.__init__):
    told(f)
told(dict.__getitem__, 1, 2)
told(dict.__contains__, 1, 2)
told(list.__getitem__, 1, 2)
told(list.__len__, 1)
told(set.__contains__, 1, 2)
told(property, 1, 2, 3, 4, 5)
told(str.upper, 1)
told("".join, 5)
told("".join, ["a", 1])
