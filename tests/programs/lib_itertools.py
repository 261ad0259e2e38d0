# itertools: every iterator, its edge cases and its error messages.
import itertools
from itertools import *
import operator


def attempt(f, *args, **kwargs):
    try:
        result = f(*args, **kwargs)
        print(result if isinstance(result, (int, str, list, tuple)) else list(islice(result, 8)))
    except Exception as error:
        print(type(error).__name__, error)


print(list(islice(count(), 3)), list(islice(count(5, -2), 3)), list(islice(count(0.5, 0.25), 4)))
print(count(3), count(3, 2), count(3, 1), count(1.5), count(-1, -1))
big = count(2 ** 47 - 2)
print([next(big) for _ in range(4)])
huge = count(2 ** 63 - 2)
print([next(huge) for _ in range(4)])
attempt(count, "a")
attempt(count, 1, 2, 3)
attempt(count, step=3)
print(list(islice(cycle("abc"), 7)), list(cycle([])))
print(list(repeat(7, 3)), repeat(1), repeat("x", 2), list(repeat(1, -5)), operator.length_hint(repeat(1, 4)))
attempt(repeat)
attempt(repeat, 1, "a")
print(list(accumulate([1, 2, 3, 4])), list(accumulate([1, 2, 3], operator.mul)), list(accumulate([], initial=5)))
print(list(accumulate([3, 1, 4, 1, 5], max)), list(accumulate([1, 2], initial=10)), list(accumulate("abc")))
attempt(accumulate, [1, "a"])
print(list(chain("ab", [1], ())), list(chain()), list(chain.from_iterable(["ab", "cd"])))
attempt(chain, 1)
attempt(chain, [1, 2], 3)
print(list(compress("abcdef", [1, 0, 1, 0, 1])), list(compress([1, 2], [True, True, True])))
print(list(dropwhile(lambda x: x < 3, [1, 2, 3, 1])), list(takewhile(lambda x: x < 3, [1, 2, 3, 1])))
print(list(filterfalse(None, [0, 1, "", "a"])), list(filterfalse(lambda x: x % 2, range(6))), list(filterfalse(bool, [0, 2])))
print(list(starmap(pow, [(2, 5), (3, 2)])), list(starmap(max, ["ab", (1, 3, 2)])))
attempt(starmap, pow, [1])
for args in [(3,), (1, 3), (1, None), (0, 9, 4), (2, 8, 3), (None,), (None, None, 2), (0,), (5, 2), (3, None, 2)]:
    it = iter(range(10))
    print(args, list(islice(it, *args)), list(it))
for args in [(-1,), ("a",), (1, -1), (-1, 2), (0, 1, 0), (0, 1, -1), (1, "a"), (0, 5, "a"), ()]:
    attempt(islice, range(3), *args)
print(list(pairwise("abcd")), list(pairwise("a")), list(pairwise("")))
print(list(zip_longest("abc", [1], fillvalue="-")), list(zip_longest()), list(zip_longest([1, 2], [])))
attempt(zip_longest, [1], bad=1)
print(list(product("ab", [1, 2])), list(product()), list(product("ab", repeat=2)), list(product("ab", [])))
print(list(product([0, 1], repeat=0)), len(list(product(range(3), "xy", repeat=2))))
attempt(product, "a", repeat=-1)
attempt(product, "a", bad=1)
print(list(permutations("abc")), list(permutations("abc", 2)), list(permutations([], 0)), list(permutations("ab", 3)))
print(len(list(permutations(range(5)))), list(permutations(range(4), 1)), list(permutations(range(3), 0)))
attempt(permutations, "ab", -1)
attempt(permutations, "ab", "c")
print(list(combinations("abcd", 2)), list(combinations("ab", 3)), list(combinations("ab", 0)), list(combinations("abc", 3)))
attempt(combinations, "ab", -1)
attempt(combinations, "ab")
print(list(combinations_with_replacement("abc", 2)), list(combinations_with_replacement("", 2)), list(combinations_with_replacement("a", 3)))
attempt(combinations_with_replacement, "ab", -1)

print([(k, list(g)) for k, g in groupby("AAABBCAA")])
print([(k, list(g)) for k, g in groupby([1, 3, 2, 4, 5], key=lambda x: x % 2)])
print([k for k, _ in groupby([1, 1, 2])], list(groupby([])))
groups = groupby("aab")
first = next(groups)
second = next(groups)
print(first[0], list(first[1]), second[0], list(second[1]), next(groups, "end"))
it = groupby([1, 1, 2, 2])
k, g = next(it)
print(next(g), next(g), next(g, None), next(g, None))

a, b = tee(range(4))
print(next(a), next(a), list(b), list(a), list(b))
x, y, z = tee("abc", 3)
c = next(x)
w, = tee(x, 1)
print(c, list(w), list(x), list(y), list(z))
print(tee([], 0))
attempt(tee, [], -1)
attempt(tee, 5)


class Fails:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        if self.n < 0:
            raise ValueError("no more")
        return self.n


for make in [
    lambda: chain(Fails(1), [5]), lambda: islice(Fails(2), 5), lambda: takewhile(lambda x: True, Fails(1)), lambda: accumulate(Fails(2)),
    lambda: cycle(Fails(1)), lambda: groupby(Fails(1)), lambda: pairwise(Fails(1)), lambda: zip_longest(Fails(1), "abc"),
]:
    out = []
    try:
        for item in make():
            out.append(item if not isinstance(item, tuple) else len(item))
    except ValueError as error:
        print(out, error)

for name in ["count", "cycle", "repeat", "accumulate", "chain", "compress", "dropwhile", "takewhile", "filterfalse", "starmap",
             "islice", "pairwise", "zip_longest", "product", "permutations", "combinations",
             "combinations_with_replacement", "groupby"]:
    cls = getattr(itertools, name)
    print(cls, cls.__name__, cls.__module__, issubclass(cls, object))
try:
    count(1)[0]
except TypeError as error:
    print(error)
try:
    len(count(1))
except TypeError as error:
    print(error)

# Sieve and primes, driven through chains of iterators.
def primes():
    found = []
    for n in count(2):
        if all(n % p for p in takewhile(lambda p: p * p <= n, found)):
            found.append(n)
            yield n


print(list(islice(primes(), 20)))
print(sum(islice(accumulate(count(1)), 1000)))
