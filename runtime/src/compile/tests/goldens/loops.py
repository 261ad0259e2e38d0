def f(n):
    for i in range(n):
        for j, k in n:
            if j:
                continue
            break
        else:
            n += i
    while n:
        n -= 1
    else:
        done()
