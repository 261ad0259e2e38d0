# Modules, files, introspection, weak spots of natives.
import builtins, math, sys, time, gc
print(math.sqrt(2), math.comb(60, 30), math.isclose(1, 1 + 1e-12), math.fsum([0.1] * 10), math.prod([1, 2, 3]), math.hypot(3, 4), math.log2(8), math.dist((0, 0), (3, 4)))
print(len(sys.argv), sys.maxsize, sys.version_info[:2], sys.byteorder, sys.getsizeof([]) > 0, sys.intern('abc') is sys.intern('abc'), gc.isenabled(), gc.collect() >= 0)
with open('/dev/null', 'w') as f: print('text', file=f); f.write('more' * 10); f.writelines(['a\n', 'b\n'])
with open('/dev/null', 'rb') as f: print(f.read(), f.name, f.closed, f.readable())
try: open('/no/such/file')
except OSError as e: print(e.errno, e.filename, type(e).__name__)
try: import no_such_module
except ImportError as e: print(e, e.name)
class M:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i >= 3: raise IndexError(i)
        return i * i
    def __contains__(self, x): return x == 'in'
    def __bool__(self): return True
    def __index__(self): return 2
    def __int__(self): return 7
    def __float__(self): return 1.5
    def __format__(self, spec): return f'<{spec}>'
    def __reversed__(self): return iter('rev')
    def __length_hint__(self): return 3
    def __iter__(self): return (self[i] for i in range(len(self)))
    def __missing__(self, key): return key
m = M(); print(list(m), tuple(m), set(m), 'in' in m, [5, 6, 7][m], int(m), float(m), f'{m:spec}', list(reversed(m)), hex(m), bytes(m), sum(m), max(m), sorted(m, reverse=True), dict(zip(m, m)), ' '.join(map(str, m)))
class L(list):
    def __repr__(self): return 'L' + super().__repr__()
class Dd(dict):
    def __missing__(self, key): self[key] = []; return self[key]
class I(int): pass
class S(str):
    def __new__(cls, text): return super().__new__(cls, text * 2)
class T(tuple): pass
dd = Dd(a=1); dd['x'].append(1)
print(L([1, 2]), dd, I(5) + 1, S('ab'), T((1, 2)), L('ab') + ['c'], isinstance(I(1), int), S('x').upper(), type(I(3) * 2).__name__, {I(1): 2}[1], T((3, 4))[0])
r = range(10, 100, 7); print(r[2], r[::2], len(r), 24 in r, list(r)[-1], r.index(31), hash(r) == hash(range(10, 100, 7)), slice(1, 2, 3), ...)
print([getattr(builtins, n)('12') for n in ('int', 'float', 'str', 'list', 'tuple', 'len', 'repr', 'hash')][:4], abs(-3), pow(2, 3, 5), round(3.7), bin(10), chr(8364), ord('€'), ascii('é'))
e = None
try:
    try: {}['missing']
    except KeyError: [][5]
except IndexError as error: e = error
print(repr(e), repr(e.__context__), e.args, isinstance(e, LookupError))
print(vars(M).keys() >= {'__len__'}, M.__dict__['__len__'](m), M.__name__, M.__bases__, callable(M), type(m) is M, super(L, L([1])).__len__(), property(lambda s: 1).fget(0))
x = [1]; x.append(x); y = {}; y['y'] = y; print(x, y, [[]] * 2, list[int], int | str, dict[str, list[int]])
def f(a, b=2, *c, d, e=5, **g): "doc"
print(f.__doc__, f.__defaults__, f.__kwdefaults__, f.__code__.co_varnames, f.__code__.co_argcount, f.__qualname__, f.__module__)
for call in (lambda: f(), lambda: f(1, d=2, a=3), lambda: len(5), lambda: None.x, lambda: undefined, lambda: 1 + 'a', lambda: [1] < ['a'], lambda: {[]: 1}, lambda: iter(5), lambda: m.nope, lambda: print(x=1)):
    try: call()
    except (TypeError, AttributeError, NameError) as error: print(type(error).__name__, error)
