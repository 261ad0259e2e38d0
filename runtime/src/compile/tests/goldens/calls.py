def f(o, a):
    o.m(1, k=a)
    o(*a, 2, x=3, **o)
    o(a)(a, y=1)
    o.p.q(o[0], o["k"], o[a:], o[1:2, ...])
    return o(*a)
