class A:
    def f(self):
        return super().missing(1)

    def g(self):
        self = 5
        return (super()
                .f(2))

    def h(self):
        return [super().f,
                super().f()]


for method in (A.f, A.g, A.h):
    try:
        method(A())
    except Exception as e:
        kept = e
    if method is not A.h:
        import sys
        sys.excepthook(type(kept), kept, kept.__traceback__)
raise kept
