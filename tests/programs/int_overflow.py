# Integers crossing the sizes at which an implementation changes representation.
for bits in (15, 29, 30, 31, 32, 46, 47, 48, 52, 53, 60, 61, 62, 63, 64, 65, 127, 128):
    edge = 1 << bits
    for delta in (-1, 0, 1):
        n = edge + delta
        print(bits, delta, n, -n, n - 1, -n - 1, n + n, n * 2 == n + n, (n * 3) // 3 == n)

# climb by one through each boundary, both directions, without constant folding
def climb(start, step, count):
    out = []
    n = start
    for _ in range(count):
        n += step
        out.append(n)
    return out

print(climb(2**47 - 3, 1, 5))
print(climb(-2**47 + 2, -1, 5))
print(climb(2**62 - 3, 1, 5))
print(climb(2**63 - 3, 1, 5))
print(climb(2**63 + 2, -1, 5))
print(climb(-2**63 + 2, -1, 5))
print(climb(2**64 - 3, 1, 5))
print(climb(-2**64 - 2, 1, 5))

# multiplication that leaves and results that come back
a = 3037000500
print(a * a, -a * a, a * a - a * a, (a * a) // a, (a * a) % 7)
b = 2**31 - 1
print(b * b, b * b * b, b ** 4, (b ** 4) // (b ** 3))
print((-2**63) // -1, abs(-2**63), -(-2**63), (-2**63) * -1)
print((-2**47) // -1, abs(-2**47), -(-2**47), (-2**47) * -1)
print(2**64 - 2**64, 2**64 // 2**64, 2**64 % 2**64, type(2**64 // 2**60).__name__)
print(type(2**64 - 2**64 + 1).__name__, type(2**100).__name__)

# as dict keys: a value reached by way of big ints is the same key
d = {5: "five", 2**63: "edge"}
print(d[2**70 - 2**70 + 5], d[2**62 + 2**62], (2**64 // 2) in d)
print(2**63 == 2.0**63, 2**63 + 1 == 2.0**63, hash(2**63) == hash(2.0**63))
f = 1
for i in range(1, 31):
    f *= i
print(f)
total = 0
for i in range(40):
    total += 1 << i * 2
print(total)
