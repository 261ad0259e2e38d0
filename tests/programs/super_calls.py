# super() as a call site that remembers: diamonds, shared code, rebinding, what is no plain method.
class A:
    def who(self, *args, **kwargs):
        return ["A", *args, *sorted(kwargs)]

    @classmethod
    def made(cls):
        return "A.made by " + cls.__name__

    @staticmethod
    def plain():
        return "A.plain"

    @property
    def tag(self):
        return "tag of A"


class B(A):
    def who(self, *args, **kwargs):
        return ["B"] + super().who(*args, **kwargs)

    @classmethod
    def made(cls):
        return "B, " + super().made()

    def plain(self):
        return "B, " + super().plain()

    @property
    def tag(self):
        return "B, " + super().tag


class C(A):
    def who(self, *args, **kwargs):
        return ["C"] + super().who(*args, k=1, **kwargs)


class D(B, C):
    def who(self, *args):
        return ["D"] + super().who(1, *args)


for k in (D, B, C, D, B):
    print(k.__name__, k().who(), k.made())
print(B().plain(), D().plain(), B().tag, D().tag)


def make(base, label):
    class Made(base):
        def who(self, *args):
            return [label] + super().who(*args)

        def one(self, x=1):
            return [label, super().who(x)]

        def __init__(self, *args):
            super().__init__(*args)
            self.args = args
    return Made


kinds = [make(A, "1"), make(B, "2"), make(D, "3")]
kinds.append(make(kinds[0], "4"))
for _ in range(3):
    print([k().who() for k in kinds], [k().one() for k in kinds])


def other(self, *args, **kwargs):
    return ["changed"]


A.who = other
print([k().who() for k in kinds], [k().one() for k in kinds])
del A.who
for k in kinds:
    try:
        k().one()
    except AttributeError as e:
        print(e)
A.who = lambda self, *args, **kwargs: ["again"]
print([k().who() for k in kinds])


class New:
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.made = args
        return self

    def __init__(self, *args):
        super().__init__()

    def __repr__(self):
        return "New" + super().__repr__()[-1:]

    def __eq__(self, other):
        return super().__eq__(other) is True

    __hash__ = object.__hash__

    def __setattr__(self, name, value):
        super().__setattr__(name, value)

    def __getattribute__(self, name):
        return super().__getattribute__(name)


n = New(1, 2)
print(n, n.made, n == n, n == 1)


class Rebinds(A):
    def rebound(self):
        self = D()
        return super().who()

    def unrelated(self):
        self = 5
        return super().who()

    def deleted(self):
        del self
        return super().who()

    def captured(self):
        def inner():
            return super().who()
        return super().who(), inner, lambda: self

    def nested(self):
        return [super().who() for _ in range(1)]

    def shadowed(self):
        super = lambda: "shadow"
        return super().upper()


r = Rebinds()
for f in (r.rebound, r.unrelated, r.deleted, r.shadowed):
    try:
        print(f())
    except (TypeError, RuntimeError) as e:
        print(type(e).__name__, e)
print(r.captured()[0])
for f in (r.captured()[1], r.nested):
    try:
        f()
    except (TypeError, RuntimeError) as e:
        print(type(e).__name__, e)


def alone(self):
    return super().who()


try:
    alone(r)
except RuntimeError as e:
    print(e)


class Early:
    try:
        def f(self):
            return super().f()
        f(1)
    except RuntimeError as e:
        print(e)


try:
    Rebinds.rebound(5)
    B.who(5)
except TypeError as e:
    print(e)

saved = super


class Proxy:
    def __init__(self, *args):
        pass

    def who(self, *args):
        return "proxy"


super = Proxy
print(B().who.__func__.__name__)
try:
    print(Rebinds().rebound())
finally:
    del super
print(kinds[0]().one())


class Meta(type):
    def __call__(cls, *args):
        return super().__call__(*args), cls.__name__

    def who(cls):
        return "meta"


class WithMeta(metaclass=Meta):
    def __init__(self, *args):
        super().__init__()
        self.args = args


print(WithMeta(1, 2)[0].args, WithMeta()[1])


class L(list):
    def append(self, item):
        super().append(item * 2)

    def __getitem__(self, i):
        return super().__getitem__(i) + 1

    def __len__(self):
        return super().__len__() + 100


x = L()
for i in range(3):
    x.append(i)
print(list(x), x[1], len(x))
