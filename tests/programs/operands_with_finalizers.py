# Operands that die with an instruction, and whose finalizers allocate: nothing may happen to the instruction's fresh result.
class Final:
    """Computes fresh results from objects that die right afterwards."""

    def __init__(self, n=1):
        self.n = n
        self.fresh = [n, n]

    def __del__(self):
        [[i] for i in range(3)]

    def __add__(self, other):
        return ["add", self.n, other.n]

    __radd__ = __mod__ = __add__

    def __lt__(self, other):
        return ["lt", self.n]

    def __neg__(self):
        return ["neg", self.n]

    def __getitem__(self, key):
        return ["item", getattr(key, "n", key)]

    def __contains__(self, item):
        return item.n == self.n

    def __iter__(self):
        return iter(["iter", self.n])

    def __format__(self, spec):
        return f"<{self.n}{spec}>" * 2

    def __call__(self, *args):
        return ["call", len(args)]

    def __getattr__(self, name):
        return ["attribute", name]

    def __enter__(self):
        return ["enter", self.n]

    def __exit__(self, *exception):
        return ["exit"]

    def __len__(self):
        return 3

    def keys(self):
        return ["k" * 3]


def spread(*args, **named):
    local = Final(9)
    return [len(args), sorted(named), str(len(args)) + "fresh"]


def operations():
    yield Final(1) + Final(2)
    yield Final(1) % Final(2)
    yield Final(1) < Final(2)
    yield -Final(3)
    yield Final(1)[Final(2)]
    yield Final(1)[1:Final(2).n]
    yield Final(1) in Final(1)
    yield Final(4).fresh
    yield Final(4).missing
    yield Final(5)(Final(1), Final(2))
    yield spread(*Final(6))
    yield spread(*[Final(1), Final(2)], **{"a": Final(3)})
    yield spread(**Final(2))
    yield f"{Final(7)}-{Final(8):x}"
    yield [*Final(1), *Final(2)]
    yield {"x": Final(1).n, **Final(3)}
    yield {Final(1).n, *Final(2)}
    yield (Final(1) and Final(2).fresh)
    yield (lambda a=Final(1): [a.n])()
    yield [Final(i).fresh for i in range(3)]
    first, *rest = Final(2)
    yield first, rest
    with Final(3) as entered:
        yield entered
    try:
        raise ValueError(Final(1)) from KeyError(Final(2))
    except ValueError as error:
        yield error.args[0].n, error.__cause__.args[0].n
    match Final(1):
        case Final(n=1, fresh=[a, b]):
            yield a, b


for result in operations():
    print(sorted(result, key=str) if type(result) is set else result)
