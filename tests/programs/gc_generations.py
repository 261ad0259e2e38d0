# What gc tells of generations, as far as every manager can tell it.
import gc

gc.collect()
count = gc.get_count()
print(type(count), len(count), all(isinstance(n, int) and n >= 0 for n in count), count[1:])
print(gc.get_threshold())
for threshold in [(700,), (1, 1), (5000, 20, 30), (10**6, 10**6, 10**6), (-5, -5, -5), (0,), (700, 10, 10)]:
    gc.set_threshold(*threshold)
    print(gc.get_threshold(), gc.isenabled())
try:
    gc.set_threshold('many')
except TypeError as e:
    print(e)
try:
    gc.set_threshold(2 ** 80)
except OverflowError:
    print('too big')

before = gc.get_stats()
gc.collect()
after = gc.get_stats()
print(len(before), len(after))
print(after[2]['collections'] - before[2]['collections'] >= 1)
print(all({'collections', 'collected', 'uncollectable'} <= set(generation) for generation in after))

told = []
gc.callbacks.append(lambda phase, info: told.append((phase, info['generation'])))
gc.collect()
gc.callbacks.clear()
print(told)


class Node:
    pass


# Rings that die while others live, through all generations.
live = []
for i in range(3000):
    a, b = Node(), Node()
    a.other, b.other, b.load = b, a, [i] * 10
    if i % 10 == 0:
        live.append(b)
    if i % 1000 == 999:
        del live[:50]
del a, b
gc.collect()
print(len(live), all(node.other.other is node and node.load == [node.load[0]] * 10 for node in live))
