def f(g):
    for i in g:
        try:
            g(i)
        except (A, B) as e:
            if e:
                return e
            continue
        except C:
            raise
        else:
            g()
