# int(...) from strings in every base, from floats, and what it refuses.
print(int(), int("42"), int("-42"), int("  +17\n"), int("1_000_000"), int("007"), int("-0"))
print(int("ff", 16), int("0xFF", 16), int("0xff", 0), int("0b101", 0), int("0o17", 0), int("z", 36), int("-Zz", 36))
print(int("0b11", 2), int("11", 2), int("0o77", 8), int("123456789012345678901234567890"), int("0", 0), int("1_0", 16))
print(int(3.99), int(-3.99), int(1e18), int(1e22), int(2.0**70), int(-0.5), int(True), int("\u0663\u0664"))
print(int(b"12"), int("12", base=3))
print(hex(255), hex(-255), oct(8), oct(-8), bin(5), bin(-5), hex(2**64), bin(0), oct(0), hex(0), hex(True))
print(0xDEAD_BEEF, 0b1010, 0o777, 1_000_000, 0XfF, 0)
for args in (("",), ("abc",), ("12a",), ("0x10",), ("1__0",), ("_1",), ("1_",), ("1.5",), ("8", 8), ("2", 2), (" ",), ("- 1",),
             ("1", 1), ("1", 37), (1, 10), (None,), ([],), (1.5, 10), ("010", 0), (float("inf"),), (float("-inf"),), (float("nan"),), ("a\nb",), (b"xy",), ("é",)):
    try:
        print(args, int(*args))
    except Exception as e:
        print(args, "->", type(e).__name__, e)
class I:
    def __index__(self):
        return 41
class J:
    def __int__(self):
        return 42
class K:
    def __trunc__(self):
        return 43
class L:
    def __int__(self):
        return "x"
print(int(I()), int(J()), hex(I()), [0] * 50 == [0] * 50, list(range(50))[I()])
try:
    int(L())
except TypeError as e:
    print(e)
print((255).to_bytes(2, "big"), (255).to_bytes(2, "little"), int.from_bytes(b"\x01\x00", "big"))
print(int.from_bytes(b"\xff\xff", "big", signed=True), (-2).to_bytes(2, "big", signed=True))
print((5).numerator, (5).denominator, (5).real, (5).imag, (5).conjugate(), (7).as_integer_ratio())
