def f(o, i):
    o.a = o[i] = i
    o.a += 1
    o.x[i + 1] *= 2
    o[0] -= i
    a, (b, *c), o.d = i
    del o.a, o[i]
