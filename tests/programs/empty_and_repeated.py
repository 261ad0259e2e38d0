# However often an empty sequence is repeated, it is done at once.
import array
import collections

n = 2147483648000000
print(() * 2147483648000000, '' * 2147483648000000, b'' * 2147483648000000, [] * 2147483648000000)
print(() * n, '' * n, b'' * n, [] * n, n * [], n * ())
a = array.array('i')
print(a * n, n * a)
d = collections.deque()
print(d * n)
empty = []
empty *= n
a *= n
d *= n
t = ()
t *= n
print(empty, a, d, t)

# Text is no mapping of names to values.
for template, value in [(b'x', 'abc'), (b'x', b'abc'), ('x', 'abc'), ('x', b'abc'), (b'x', [1]), ('x', [1])]:
    try:
        print(template % value)
    except TypeError as error:
        print('TypeError', error)

# An empty dict gives a default without asking for the key's hash.
print({}.pop([], 'default'))
try:
    {}.pop([])
except KeyError as error:
    print('KeyError', error)
try:
    {1: 2}.pop([], 'default')
except TypeError as error:
    print('TypeError', error)

for unit in ['ab', 'é', '😀x', b'xyz', (1, 'a'), [None]]:
    print(unit * 3, 0 * unit, -1 * unit, len(unit * 1000))
