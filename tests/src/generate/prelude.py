import gc
import math
from _weakref import ReferenceType as Ref       # not weakref: making its tables takes longer than the program

DEAD = []       # tags of what was finalized: compared as a set, after collections, because when it happens is the manager's business
WEAK = []       # tags whose weak references called back
WEAKS = []      # (tag, weak reference)
KEEP = []       # what outlives main
TAGS = [0]
FUEL = [4000]


class Exhausted(BaseException):
    pass


def tick():
    FUEL[0] -= 1
    if FUEL[0] < 0:
        raise Exhausted


def new_tag(name):
    TAGS[0] += 1
    return '%s#%d' % (name, TAGS[0])


BIG = 1 << 300


def cap(v):
    # Keeps what loops build small.
    t = type(v)
    if t is int and not -BIG < v < BIG:
        return v % 1000000007
    if t in (str, bytes, tuple, list) and len(v) > 48:
        return v[:32]
    return v


def show(v, depth=0):
    t = type(v)
    if t in (int, float, str, bytes, bool, range, slice) or v is None:
        return repr(v)
    if depth > 3:
        return '...'
    if t is list:
        return '[' + ', '.join(show(i, depth + 1) for i in v) + ']'
    if t is tuple:
        return '(' + ''.join(show(i, depth + 1) + ', ' for i in v) + ')'
    if t is dict:
        return '{' + ', '.join(show(k, depth + 1) + ': ' + show(i, depth + 1) for k, i in v.items()) + '}'
    if t in (set, frozenset):
        # Two floats that are no numbers may be one object or two.
        return t.__name__ + str(sorted({show(i, depth + 1) for i in v}))
    if isinstance(v, BaseException):
        # A message may hold the text of a set, whose order must not come into a text.
        args = tuple(''.join(sorted(i)) if type(i) is str and '{' in i else i for i in v.args)
        return t.__name__ + show(args, depth + 1)
    if isinstance(v, type):
        return 'class ' + v.__name__
    if hasattr(t, 'shown'):
        return t.__name__ + show(v.shown(), depth + 1)
    return 'a ' + t.__name__


def plain(v):
    # What a function gives may be or hold a set, whose order must not come into a text. A text of a text of a text must not grow.
    return cap(v if type(v) in (int, float, str, bytes, bool) or v is None else show(v))


def ordered(v, depth=0):
    # Whether there is no set in a value, whose order would come into its text.
    t = type(v)
    if t in (list, tuple):
        return depth < 3 and all(ordered(i, depth + 1) for i in v)
    if t is dict:
        return depth < 3 and all(ordered(k) and ordered(i, depth + 1) for k, i in v.items())
    return t not in (set, frozenset)


def sure(v):
    # A value of which a text is made.
    return v if ordered(v) else show(v)


def log(*values):
    print(*[show(v) for v in values])


class Manager:
    def __init__(self, name, suppresses):
        self.name = name
        self.suppresses = suppresses

    def __enter__(self):
        log('enter', self.name)
        return self.name

    def __exit__(self, kind, value, traceback):
        log('exit', self.name, kind, value)
        return self.suppresses


def traced(function):
    def wrapper(*args, **kwargs):
        log('call', function.__name__, args, kwargs)
        result = function(*args, **kwargs)
        log('return', function.__name__, result)
        return result
    return wrapper


def repeated(times):
    def decorate(function):
        def wrapper(*args, **kwargs):
            results = []
            for _ in range(times):
                results.append(function(*args, **kwargs))
            return results
        return wrapper
    return decorate


def watch(v):
    tag = v.tag
    WEAKS.append((tag, Ref(v, lambda _, tag=tag: WEAK.append(tag))))


