# Permutes long lists of fresh objects while other objects come and go, so that collections fall between any two steps.
import heapq


def churn(n):
    return [[i] for i in range(n)]


seed = 1


def random():
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed


COUNT = 6000

items = [[n] for n in range(COUNT)]
for turn in range(12):
    for n in range(0, COUNT, 97):
        items[n] = [items[n][0]]
    items.reverse()
    churn(2000)
    for n in range(0, COUNT, 51):
        wanted = n if turn % 2 else COUNT - 1 - n
        assert items[n] == [wanted], (turn, n, items[n])
print("reversed", sum(item[0] for item in items))

heap = []
for n in range(COUNT):
    key = random()
    heapq.heappush(heap, (key, [key]))
for n in range(COUNT):
    key = random()
    least, box = heapq.heappushpop(heap, (key, [key]))
    assert box == [least]
    if n % 100 == 0:
        churn(500)
last, total = -1, 0
while heap:
    key, box = heapq.heappop(heap)
    assert key >= last and box == [key]
    last, total = key, (total * 31 + key) % 1000000007
print("from the heap", total)

mixed = [[random()] for n in range(COUNT)]
for turn in range(4):
    for n in range(0, COUNT, 61):
        mixed[n] = [random()]
        mixed[n], mixed[-n - 1] = mixed[-n - 1], mixed[n]
    mixed.sort()
    churn(2000)
    assert all(a <= b for a, b in zip(mixed, mixed[1:]))
    del mixed[10:20]
    mixed[5:5] = [[random()] for n in range(10)]
    mixed.insert(0, mixed.pop(turn * 1000))
    mixed.insert(3000, [random()])
    mixed.pop(17)
    churn(2000)
print("sorted", len(mixed), sum(item[0] for item in mixed) % 1000003)
