# Binary trees: allocate and walk; a search tree with deletions.
def make(depth):
    return (make(depth - 1), make(depth - 1)) if depth else (None, None)
def check(t):
    l, r = t
    return 1 if l is None else 1 + check(l) + check(r)
long_lived = make(12)
for d in range(4, 13, 4):
    n = 1 << (15 - d)
    print(d, n, sum(check(make(d)) for _ in range(n)))
print(check(long_lived))
class Tree:
    def __init__(self, key, val):
        self.key, self.val, self.left, self.right = key, val, None, None
def insert(t, k, v):
    if t is None:
        return Tree(k, v)
    if k < t.key:
        t.left = insert(t.left, k, v)
    elif k > t.key:
        t.right = insert(t.right, k, v)
    else:
        t.val = v
    return t
def delete(t, k):
    if t is None:
        raise KeyError(k)
    if k < t.key:
        t.left = delete(t.left, k)
    elif k > t.key:
        t.right = delete(t.right, k)
    elif t.left is None:
        return t.right
    elif t.right is None:
        return t.left
    else:
        m = t.right
        while m.left:
            m = m.left
        t.key, t.val = m.key, m.val
        t.right = delete(t.right, m.key)
    return t
def walk(t):
    if t:
        yield from walk(t.left)
        yield t.key, t.val
        yield from walk(t.right)
def height(t):
    return 0 if t is None else 1 + max(height(t.left), height(t.right))
seed = 42
def rnd(n):
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
    return (seed >> 33) % n
root, model, missing = None, {}, 0
for i in range(30000):
    k = rnd(1500)
    if rnd(3):
        root = insert(root, k, f"v{i}")
        model[k] = f"v{i}"
    else:
        try:
            root = delete(root, k)
            del model[k]
        except KeyError:
            missing += 1
            assert k not in model
items = list(walk(root))
print(len(items), items == sorted(model.items()), items[:3], items[-2:], missing, height(root))
