def f(g):
    with g() as x:
        x()
