# Views, arrays that are looked at, bytes-like values: any allocation may fail.
import array
a = array.array('d', [1.5, 2.5, 3.5])
with memoryview(a) as m: print(m[1], m[1:].tolist(), m[::-1].tobytes().hex(), list(m), m == a, m.format, m.shape, m.cast('B').nbytes)
a.append(4.5); m = memoryview(a); m[0] = 2**60; m[1:3] = m[2:4]; print(a, m.toreadonly().readonly)
del m; a.extend([1, 2]); a.pop(); print(len(a), bytes(memoryview(b'abc')[::2]), b''.join([memoryview(b'x'), array.array('B', [65])]), int.from_bytes(memoryview(b'ab'), 'big'))
views = [memoryview(b'%d' % n) for n in range(20)]; print(sum(v[0] for v in views), hash(views[3]) == hash(b'3'), views[4] == b'4', {views[5]: 1}[b'5'])
big = array.array('q', range(3000)); v = memoryview(big); v[2999] = -1; print(v[2998:].tolist(), v.cast('B').cast('i')[0], big[-1], b'x' + memoryview(b'y'), str(memoryview(b'text'), 'ascii'))
c = memoryview(b'abcd').cast('c'); print(c.tolist(), c[::3][1], memoryview(array.array('Q', [2**64 - 1]))[0], memoryview(array.array('f', [0.5])) == array.array('d', [0.5]))
v.release(); big.append(1); print(len(big), repr(v)[:9])
