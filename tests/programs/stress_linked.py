# Linked lists and queues: build, reverse, splice and drop many nodes.
class Node:
    __slots__ = ("value", "next")
    def __init__(self, value, next=None):
        self.value, self.next = value, next
def build(n):
    head = None
    for i in range(n):
        head = Node(i, head)
    return head
def reverse(head):
    prev = None
    while head:
        head.next, prev, head = prev, head, head.next
    return prev
def total(head):
    s = n = 0
    while head:
        s, n, head = s + head.value * (n % 7), n + 1, head.next
    return s, n
for r in range(12):
    l = reverse(build(20000 + r))
    print(r, l.value, total(l))
class DNode:
    def __init__(self, v): self.v, self.prev, self.next = v, self, self
    def insert_after(self, o):
        o.prev, o.next = self, self.next
        self.next.prev = o
        self.next = o
    def remove(self):
        self.prev.next, self.next.prev = self.next, self.prev
        return self.next
# the Josephus ring: cyclic garbage, one node at a time
def josephus(n, k):
    at = DNode(0)
    for i in range(1, n):
        at.insert_after(DNode(i))
        at = at.next
    while n > 1:
        for _ in range(k):
            at = at.next
        at = at.remove().prev
        n -= 1
    return at.v
print([josephus(n, k) for n, k in ((5, 2), (41, 3), (1000, 7), (9000, 11))])
# tuples as cons cells, and a long chain of closures
cons = None
for i in range(50000):
    cons = (i, cons)
n = 0
while cons:
    n += cons[0]
    cons = cons[1]
print(n)
f = lambda: 0
for i in range(200):
    f = (lambda g, i: lambda: g() + i)(f, i)
print(f())
# cycles thrown away many times over
kept = []
for i in range(60000):
    a, b = [i], {"i": i}
    a.append(b)
    b["a"] = a
    if i % 1000 == 0:
        kept.append(a)
print(sum(a[0] + a[1]["a"][1]["i"] for a in kept), len(kept))
