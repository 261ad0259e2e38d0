# while and for, with else, break, continue, changed iterables and nested loops.
def find(l, v):
    for i, x in enumerate(l):
        if x == v:
            r = f"found at {i}"
            break
    else:
        r = "not found"
    return r
print(find([1, 2, 3], 2), find([1, 2, 3], 9), find([], 1))
n = 0
while n < 5:
    n += 1
    if n == 2:
        continue
    if n == 4:
        break
    print("while", n)
else:
    print("no break")
while n > 0:
    n -= 1
else:
    print("exhausted", n)
while False:
    print("never")
else:
    print("while False else")
for i in range(3):
    for j in range(3):
        if j == 1:
            continue
        if i == 1:
            break
        print(i, j)
    else:
        print("inner else", i)
        continue
    print("inner broke", i)
else:
    print("outer else")
def first_pair(n):
    for i in range(n):
        for j in range(n):
            if i * j == 6:
                return i, j
print(first_pair(5), first_pair(2))
l = [1, 2, 3]
for x in l[:]:
    l.append(x * 10)
print(l)
for c in "añ😀": print(c, end=" ")
for k in {"x": 1, "y": 2}: print(k, end=" ")
for k, v in {"x": 1}.items(): print(k, v, end=" ")
for b in b"ab": print(b, end=" ")
for x in (): print("never")
print()
for x in []: pass
try:
    print(undefined_loop_var)
except NameError as e:
    print(e)
while True:
    try:
        n += 1
        if n > 3:
            break
    finally:
        print("finally", n)
i = 0
while (i := i + 1) < 4: pass
print(i)
for f in (lambda: [0 for _ in 5], lambda: [0 for a, b in [1]], lambda: [0 for a, b in ["abc"]]):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
def fallthrough():
    for i in [1]:
        pass
    else:
        return "else returned"
    return "after"
print(fallthrough())
total = 0
for i in range(100):
    if i % 2: continue
    if i > 50: break
    for j in range(i):
        if j > 3: break
        total += j
print(total, i, j)
it = iter(range(10))
for a in it:
    b = next(it)
    print(a * b, end=" ")
print()
