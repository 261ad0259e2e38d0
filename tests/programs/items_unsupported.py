# Who can't change its items says so in CPython's words: with or without having been asked for an index, and with one half of the pair.
class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n

    def __repr__(self):
        return 'Index(%r)' % self.n


class Bad:
    def __index__(self):
        raise ValueError('bad index')

    def __repr__(self):
        return 'Bad()'


class Plain:
    pass


class Text(str):
    pass


class Sets:
    def __setitem__(self, key, value):
        print('set', key, value)


class Deletes:
    def __delitem__(self, key):
        print('del', key)


class Meta(type):
    pass


class Made(metaclass=Meta):
    pass


def attempt(what, *args):
    try:
        print(what(*args))
    except Exception as e:
        print(type(e).__name__, e)


def delete(x, key):
    del x[key]


def assign(x, key):
    x[key] = 1


for x in [1.5, True, (1, 2), 'abc', b'abc', range(3), None, frozenset(), {1}, int, {}.keys(), {}.values(), {}.items(), Plain(), Text('t'),
          Sets(), Deletes(), ValueError(), delete, slice(1), Made]:
    for key in [0, slice(1, 2), 'a', 10**30, -10**30, Index(2), Index(10**30), Bad(), True]:
        attempt(delete, x, key)
        attempt(assign, x, key)


class Int(int):
    pass


# No number that is too large repeats a sequence, not even a negative one.
for times in [-10**25, -2**63, 2**63, -2**63 - 1, Int(-10**25), Index(-10**25), Index(10**25), Index(-1), Int(2)]:
    for x in ['a', '', b'a', (1,), [1], (), []]:
        attempt(lambda: x * times)
        attempt(lambda: times * x)

for times in [2**62, 2**63 - 1]:
    for x in ['ab', 'äb', b'ab', (1, 2), [1, 2], '', b'']:
        attempt(lambda: len(x * times))
        attempt(lambda: len(x.__mul__(times)))
