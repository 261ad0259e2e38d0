# Calls every builtin and every method of the builtin classes with containers of more items than the value stack has room for. What
# they raise is their business; none may bring the host down.
import builtins, gc, math, sys, time

N = 25_000
SKIPPED = {'exit', 'quit', 'input', 'open', 'breakpoint', 'help', 'print', 'sleep', '__init_subclass__', '__subclasshook__', 'setrecursionlimit',
           'excepthook', 'displayhook', '__import__', 'exec', 'eval', 'compile', 'license', 'credits', 'copyright', 'settrace', 'setprofile'}

def generator():
    yield from range(N)

class Sequence:
    def __len__(self): return N
    def __getitem__(self, i):
        if i >= N: raise IndexError
        return i

def containers():
    """Some are used up or changed by what they are given to."""
    global kept, uses
    uses += 1
    if uses % 50 == 1: kept = fresh()
    return kept

kept, uses = None, 0

def fresh():
    numbers = list(range(N))
    return [numbers, tuple(numbers), {n: n for n in numbers}, set(numbers), frozenset(numbers), range(N), [str(n) for n in numbers], 'x' * N,
            b'x' * N, generator(), Sequence(), [(n, n) for n in numbers], [[n] for n in numbers], map(str, numbers), {str(n): n for n in numbers},
            {n: n for n in numbers}.items(), iter(numbers), (None,) * N, [int] * N]

count = 0
def attempt(callable, *arguments, **keywords):
    global count
    count += 1
    try: callable(*arguments, **keywords)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt): raise

def combinations(callable):
    for made in containers():
        attempt(callable, made)
    for first in (3, str):
        for second in containers()[:13]:
            attempt(callable, first, second)
            attempt(callable, second, first)

for module in (builtins, math, sys, gc):
    for name, value in sorted(vars(module).items()):
        if name not in SKIPPED and callable(value):
            combinations(value)
for made in containers():
    for name in dir(made):
        method = getattr(made, name)
        if name not in SKIPPED and callable(method):
            attempt(method)
            for argument in [1, 'a', *containers()[:9]]:
                attempt(method, argument)
for made in containers():
    attempt(lambda: made + made)
    attempt(lambda: made * 2)
    attempt(lambda: made | made)
    attempt(lambda: made == made)
    attempt(lambda: made < made)
    attempt(lambda: [*made, *made])
    attempt(lambda: (*made,))
    attempt(lambda: {*made})
    attempt(lambda: print(*made, file=sys.stderr))
    attempt(lambda: (lambda *a: a)(*made))
    attempt(lambda: (lambda *a, **k: k)(**made))
    attempt(lambda: dict(**made))
    attempt(lambda: type('C', made, {}))
    attempt(lambda: type('C', (), {'__slots__': made}))
    attempt(lambda: type('C', (), made))
    attempt(lambda: isinstance(1, made))
    attempt(lambda: str.format(*made))
    attempt(lambda: '%s' % made)
    attempt(lambda: f'{made}')
    attempt(lambda: Exception(*made))
    attempt(lambda: repr(Exception(*made)))
    attempt(lambda: exec('a, *b = made', {'made': made}))
    attempt(lambda: exec('a, b = made', {'made': made}))
    attempt(lambda: [].extend(made))
    attempt(lambda: made[:])
    attempt(lambda: exec('made[5:10] = made', {'made': made}))
    attempt(lambda: exec('made[::2] = made', {'made': made}))
    attempt(lambda: exec('del made[::2]', {'made': made}))
    def raising():
        try: raise ValueError(*made)
        except made: pass
    attempt(raising)
    def matching():
        match made:
            case [a, *b]: pass
            case {'a': 1, **rest}: pass
    attempt(matching)
    def delegating(): yield from made
    attempt(lambda: list(delegating()))
    error = ValueError()
    attempt(setattr, error, 'args', made)
    attempt(setattr, error, '__notes__', made)
    attempt(repr, error)
print(count > 4000)
