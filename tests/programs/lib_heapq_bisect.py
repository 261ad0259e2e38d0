# heapq and bisect.
from heapq import *
import heapq
from bisect import *
import bisect
import random


def attempt(f, *args, **kwargs):
    try:
        print(repr(f(*args, **kwargs)))
    except Exception as error:
        print(type(error).__name__, error)


random.seed(1)
data = [random.randrange(100) for _ in range(30)]
heap = []
for item in data:
    heappush(heap, item)
print(heap)
other = data[:]
heapify(other)
print(other, sorted(other) == sorted(heap))
print([heappop(heap) for _ in range(len(heap))] == sorted(data))
print(heapreplace(other, 50), heappushpop(other, -1), heappushpop(other, 99), heappushpop([], 5), other)
print(nsmallest(3, data), nlargest(3, data), nsmallest(1, data), nlargest(1, []), nlargest(100, data) == sorted(data, reverse=True))
words = ["pear", "fig", "apple", "kiwi", "date", "plum"]
print(nsmallest(3, words, key=len), nlargest(3, words, key=len), nsmallest(2, iter(words)), nlargest(2, (w for w in words), key=lambda w: w[-1]))
print(list(merge([1, 4, 7], [2, 5, 8], [0, 9])), list(merge([7, 4, 1], [8, 5], reverse=True)), list(merge(["a", "ccc"], ["bb"], key=len)), list(merge()))
print(list(merge([1, 1], [1], [])), heapq._heappop_max([5, 3, 4]))
attempt(heappop, [])
attempt(heapreplace, [], 1)
attempt(heappush, (), 1)
attempt(heapify, (1, 2))
attempt(heappush, [1], "a")


class Task:
    def __init__(self, priority, name):
        self.priority, self.name = priority, name

    def __lt__(self, other):
        return self.priority < other.priority


tasks = [Task(p, n) for p, n in zip([5, 1, 4, 1, 3], "abcde")]
heapify(tasks)
print([heappop(tasks).name for _ in range(5)])

sorted_list = [1, 2, 2, 2, 5, 8]
for x in [0, 1, 2, 3, 8, 9]:
    print(x, bisect_left(sorted_list, x), bisect_right(sorted_list, x), bisect.bisect(sorted_list, x, 1, 4))
insort(sorted_list, 3)
insort_left(sorted_list, 2)
insort_right(sorted_list, 2.0)
print(sorted_list)
pairs = [(1, "a"), (3, "b"), (5, "c")]
print(bisect_left(pairs, 3, key=lambda p: p[0]), bisect_right(pairs, 3, key=lambda p: p[0]))
insort(pairs, (4, "d"), key=lambda p: p[0])
print(pairs, bisect_left(range(0, 100, 5), 42), bisect_left("abcxyz", "m"))
attempt(bisect_left, [1], 1, lo=-1)
attempt(bisect_left, [1], "a")
attempt(bisect_left, 5, 1)
attempt(insort, (1,), 1)
