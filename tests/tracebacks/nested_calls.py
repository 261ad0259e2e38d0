def outer(n):
    return middle(n) + 1


def middle(n):
    total = 0
    for i in range(n):
        total += inner(i)
    return total


def inner(i):
    if i == 2:
        raise RuntimeError(f"reached {i}")
    return i


class Machine:
    def start(self):
        self.run(outer)

    def run(self, f):
        print("running")
        f(5)


Machine().start()
