# random: the sequences of CPython, to the bit, from every kind of seed and through every distribution.
import random
from random import Random


def attempt(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


for seed in [0, 1, 42, -42, 2 ** 100, -(2 ** 70), 10 ** 50, "hello", "", "ünïcödé", b"bytes", 3.5, -0.0, 1e300, True]:
    random.seed(seed)
    print(repr(seed), random.random(), random.getrandbits(40), random.randrange(1000))
for seed in ["hello", b"abc", "", "x" * 50]:
    random.seed(seed, version=1)
    print(repr(seed), random.random())
random.seed(7)
print([random.getrandbits(k) for k in (1, 5, 31, 32, 33, 64, 100)], random.getrandbits(0))
print([random.randrange(10) for _ in range(20)])
print([random.randrange(5, 50, 7) for _ in range(10)], [random.randrange(50, 5, -7) for _ in range(10)])
print([random.randint(-5, 5) for _ in range(20)], random.randrange(10 ** 30), random.randrange(2 ** 32), random.randrange(2 ** 33))
print([random.choice("abcdef") for _ in range(10)])
print(random.choices("abc", k=8), random.choices([1, 2, 3], [1, 5, 1], k=8), random.choices("ab", cum_weights=[1, 10], k=5))
items = list(range(20))
random.shuffle(items)
print(items)
print(random.sample(range(1000), 10), random.sample("abcdefgh", 8), random.sample([1, 2], 3, counts=[5, 5]), random.sample(range(30), 0))
for name, args in [("uniform", (1, 10)), ("triangular", (0, 10, 3)), ("triangular", ()), ("betavariate", (2, 3)), ("expovariate", (1.5,)),
                   ("gammavariate", (2.5, 1.5)), ("gammavariate", (1, 2)), ("gammavariate", (0.5, 2)), ("gauss", (0, 1)), ("lognormvariate", (0, 1)),
                   ("normalvariate", (5, 2)), ("vonmisesvariate", (1, 4)), ("vonmisesvariate", (1, 0)), ("paretovariate", (3,)), ("weibullvariate", (1, 2))]:
    print(name, [getattr(random, name)(*args) for _ in range(3)])
print(random.randbytes(10))

state = random.getstate()
before = [random.random() for _ in range(3)], random.gauss(0, 1)
random.setstate(state)
print(before == ([random.random() for _ in range(3)], random.gauss(0, 1)), state[0], len(state[1]), state[2])
random.seed(3)
print(hash(random.getstate()[1]) == hash(random.getstate()[1]), random.getstate()[1][:3], random.getstate()[1][-1])

for f, args in [(random.randrange, (0,)), (random.randrange, (5, 5)), (random.randrange, (1, 2, 0)), (random.randrange, (1, None, 2)),
                (random.randint, (5, 4)), (random.randrange, (5, 1)), (random.randrange, ("a",)), (random.randrange, (10, 0, 1)),
                (random.randrange, (0, 10, -1)), (random.sample, ([1, 2], 3)), (random.sample, ({1, 2}, 1)), (random.sample, ([1], -1)),
                (random.choices, ("ab", [1])), (random.choices, ("ab", [0, 0])), (random.getrandbits, (-1,)), (random.seed, ([],)),
                (random.setstate, ((1, 2, 3),)), (random.gammavariate, (0, 1)), (random.getrandbits, ("a",)),
                (random.randrange, (1.5,)), (random.choice, ([],))]:
    attempt(f, *args)
attempt(random.choices, "ab", [1, 1], cum_weights=[1, 2])
attempt(random.sample, [1, 2], 2, counts=[1])

one, other = Random(5), Random(5)
print(one.random() == other.random(), [one.randrange(6) for _ in range(6)], isinstance(one, Random))


class Fixed(Random):
    """Draws what it was told to."""

    def __init__(self, *values):
        super().__init__()
        self.values = list(values)

    def random(self):
        self.values.append(self.values.pop(0))
        return self.values[-1]


fixed = Fixed(0.1, 0.6, 0.9)
print([fixed.randrange(10) for _ in range(4)], fixed.choice("abcd"), fixed.uniform(0, 10), [fixed.randint(1, 6) for _ in range(3)])


class Bits(Random):
    def getrandbits(self, k):
        return (1 << k - 1) - 1 if k > 1 else 0


print([Bits().randrange(n) for n in (5, 10, 100)])
print(Random.__module__, random.Random.__mro__[1].__name__, random.SystemRandom().random() < 1, len(random.SystemRandom().randbytes(5)))
a = random.SystemRandom()
attempt(a.getstate)

# As much as a simulation needs: the mean of many draws.
random.seed(2024)
total = 0
for _ in range(5000):
    total += random.random() + random.gauss(0, 1) + random.randrange(7)
print(total)
