# Number crunching: small and big ints, floats, and the boxes they come in.
def sieve(n):
    f = [True] * (n + 1)
    f[0] = f[1] = False
    for i in range(2, int(n ** 0.5) + 1):
        if f[i]:
            f[i * i::i] = [False] * len(range(i * i, n + 1, i))
    return [i for i, p in enumerate(f) if p]
p = sieve(300000)
print(len(p), p[-1], sum(p))
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
print(max((collatz(n), n) for n in range(1, 12000)))
a, b = 0, 1
for _ in range(3000):
    a, b = b, a + b
print(a % 10**20, len(str(a)), a.bit_length())
x = 0.5
for _ in range(200000):
    x = 3.7 * x * (1 - x)
print(repr(x))
h = 14695981039346656037
for i in range(200000):
    h = ((h ^ (i & 255)) * 1099511628211) & 0xFFFFFFFFFFFFFFFF
print(h)
def matmul(a, b):
    bt = list(zip(*b))
    return [[sum(x * y for x, y in zip(r, c)) for c in bt] for r in a]
m = [[(i * j) % 7 for j in range(25)] for i in range(25)]
r = m
for _ in range(4):
    r = matmul(r, m)
print(r[3][5], sum(map(sum, r)))
s = 0.0
for k in range(300000):
    s += (-1.0 if k & 1 else 1.0) / (2 * k + 1)
print(s * 4)
f = 1
for i in range(1, 200):
    f *= i
for i in range(1, 200):
    q, rem = divmod(f, i)
    assert rem == 0
    f = q
print(f, pow(3, 10**5, 10**9 + 7), sum(int(d) for d in str(2**1000)))
