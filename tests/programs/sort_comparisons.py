# Which items a sort compares, in which order, and what it leaves when a comparison fails: CPython's, to the last comparison.
import random


class Item:
    log = []
    left = -1

    def __init__(self, key, number):
        self.key = key
        self.number = number

    def __lt__(self, other):
        Item.log.append((self.number, other.number))
        Item.left -= 1
        if Item.left == 0:
            raise ValueError('enough')
        return self.key < other.key


def digest(values):
    total = 0
    for value in values:
        total = (total * 1000003 + hash(value)) % (1 << 61)
    return total


def shapes(n):
    r = random.Random(n)
    yield 'random', [r.random() for _ in range(n)]
    yield 'few', [r.randrange(4) for _ in range(n)]
    yield 'rising', list(range(n))
    yield 'falling', list(range(n, 0, -1))
    yield 'saw', [i % 17 for i in range(n)]
    yield 'runs', [i * 7 % (n // 3 + 1) // 5 for i in range(n)]
    yield 'long runs', sorted(r.random() for _ in range(n // 2)) + sorted(r.random() for _ in range(n - n // 2))
    yield 'apart', list(range(n // 2, n)) + list(range(n // 2))
    yield 'nearly', [i if r.random() > .03 else r.randrange(n) for i in range(n)]
    yield 'blocks', [b for i in range(0, n, 50) for b in sorted(r.random() + i % 3 for _ in range(min(50, n - i)))]


for n in [0, 1, 2, 3, 7, 31, 64, 65, 100, 200, 400]:
    for name, keys in shapes(n):
        for reverse in [False, True]:
            Item.log = []
            items = [Item(key, i) for i, key in enumerate(keys)]
            items.sort(reverse=reverse)
            print(n, name, reverse, len(Item.log), digest(Item.log), digest(i.number for i in items))
            compared = len(Item.log)
            for left in [1, compared // 3, compared // 2, compared - 1, compared]:
                Item.left = left
                items = [Item(key, i) for i, key in enumerate(keys)]
                try:
                    items.sort(reverse=reverse)
                except ValueError as e:
                    print(left, e, digest(i.number for i in items), sorted(i.number for i in items) == list(range(n)))
                Item.left = -1

# Comparisons that contradict each other lose nothing either.
for n in [5, 70, 300]:
    r = random.Random(n)

    class Random(Item):
        def __lt__(self, other):
            Item.log.append((self.number, other.number))
            return r.random() < .5

    for _ in range(5):
        Item.log = []
        items = [Random(0, i) for i in range(n)]
        items.sort()
        print(len(Item.log), digest(Item.log), digest(i.number for i in items), sorted(i.number for i in items) == list(range(n)))

# By a key that fails the list stays as it was; by keys that can't be compared it doesn't.
values = [3, 1, 'a', 2]
for key in [None, str, lambda v: 1 // (v != 'a')]:
    for reverse in [False, True]:
        items = list(values) * 3
        try:
            items.sort(key=key, reverse=reverse)
        except Exception as e:
            print(type(e).__name__, e)
        print(items)
