# Shifts and bit operations, with negative and big operands (two's complement semantics).
for n in (0, 1, -1, 5, -5, 255, -256, 2**46, -2**47, 2**63, -2**63, 2**70 + 3, -2**70 - 3):
    print(n, ~n, n >> 1, n << 1, n >> 100, n << 70 >> 70 == n, n & 0xFF, n | 1, n ^ -1, n & -n)
print(0b1100 & 0b1010, 0b1100 | 0b1010, 0b1100 ^ 0b1010, ~0)
print(-1 & 2**80 - 1 == 2**80 - 1, -1 >> 1000, -2**100 | 2**50, -2**100 ^ 2**100, -2**100 & (2**101 - 1))
print(1 << 0, 1 << 46, 1 << 47, 1 << 48, 1 << 62, 1 << 63, 1 << 64, -1 << 63, -1 << 64)
print(3 << 62 >> 62, -3 << 62 >> 63, 2**200 >> 199, -2**200 >> 199, (-2**200 - 1) >> 200)
print(0 << 10**6, 0 >> 10**30, 5 >> 10**30, -5 >> 10**30)
for expr in ("1 << -1", "1 >> -1", "10**30 << -1", "1 << 1.0", "1.5 & 1", "~1.5", "'a' | 1", "1 ^ None"):
    try:
        print(eval(expr))
    except Exception as e:
        print(expr, "->", type(e).__name__, e)
print((0).bit_length(), (1).bit_length(), (-1).bit_length(), (255).bit_length())
print((256).bit_length(), (2**64).bit_length(), (-2**64).bit_length())
print((0).bit_count(), (255).bit_count(), (-255).bit_count(), (2**100 - 1).bit_count())
print(True & False, True | False, True ^ True, type(True & True).__name__, type(True & 1).__name__, ~True)
x = 0b1111_0000
x >>= 2
print(x)
x <<= 60
print(x)
x &= ~(1 << 62)
print(x)
x |= 1
x ^= 0xFFFF
print(x, bin(x), hex(-x))
