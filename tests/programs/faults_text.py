# Strings, bytes, formatting, numbers of every size, conversions.
words = 'the quick brown fox jumps over the lazy dog'.split()
s = ' '.join(w.title() for w in words)
print(s, s.upper().swapcase().center(60, '*'), s.replace('The', 'A'), s.partition('Fox'), s.rsplit(None, 2), s.encode().hex()[:10])
print('%s %r %5d %-8.3f %x %c %%' % ('a', 'b\n', 42, 3.14159, 255, 'z'), '{0!r:>10} {key:,} {1[0]} {2.real}'.format('x', [7], 3, key=1234567))
n = 12345; print(f'{n:08d} {n:+,} {n:#x} {n:e} {1/3:.5%} {"é€😀":_^9} {n!r:>{len(s) % 10}}', str(b'\x00\xff'), ascii('é€'), repr('\u2028\'"'))
print('aXbXc'.split('X'), 'a\nb\r\nc'.splitlines(True), '  x '.strip(), 'abc'.translate({97: 'A', 98: None}), 'ab' * 5, 'é€😀'[::-1], 'abc'.find('c'), 'x'.zfill(4))
print('ß'.upper(), 'ǅ'.lower(), 'straße'.casefold(), '１２'.isdigit(), 'a_b'.isidentifier(), 'tab\tx'.expandtabs(4), 'abcabc'.count('bc'), 'x=1;y'.rpartition(';'))
b = b'hello \xff world'; print(b.decode('latin-1'), b.split(), b.find(b'w'), b[1:4], bytes(range(5)), b'%d %s' % (5, b'x'), b.replace(b'l', b'LL'), bytes.fromhex('00ff'))
x = 3 ** 200; y = 7 ** 150
print(x, x // y, x % y, -x // y, x & y, x | y, x ^ y, ~x, x >> 100, (y << 70) + 1, x * y - y * x, pow(3, 10 ** 6, 10 ** 9 + 7), abs(-x), x.bit_length())
print(int('123456789' * 8), int('-ff', 16), int(1e30), float(x), hex(x), oct(y)[:20], bin(5), round(2.675, 2), round(x, -150) % 1000, x.to_bytes(40, 'big')[:5], int.from_bytes(b'\x01' * 12, 'little'))
print(1e308 * 10, -0.0, 1e-320, float('nan') != float('nan'), (0.1).hex(), float.fromhex('0x1.8p3'), (2.5).as_integer_ratio(), 10 ** 25 / 3, 2 ** 0.5, 7.5 // 2, -7.5 % 2, hash(2 ** 61), complex if False else 0)
t = ''.join(chr(c) for c in range(32, 1200, 7)); print(len(t), t.lower() == t.upper(), sorted(set(t.casefold()))[5:9], t.encode('utf-16')[:6], len(t.encode('utf-8')))
for bad in ('int("x")', '"é".encode("ascii")', 'b"\\xff".decode()', '"%d" % "x"', '"{}".format()', '1 << -1', 'chr(-1)', '[].index(1)', '"".join([1])', 'float("1e")', '1 // 0', 'ord("ab")'):
    try: eval(bad)
    except (ValueError, TypeError, IndexError, ZeroDivisionError) as e: print(type(e).__name__, e)
