class Money:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Money(self.n + other.n)

    @property
    def cents(self):
        return self.n * 100 + self.extra


def report(m):
    with_tax = m + Money(2)
    return f"{with_tax.cents}"


report(Money(1))
