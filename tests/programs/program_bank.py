# A little object model: inheritance, properties, exceptions, context managers, iteration, operators.
class BankError(Exception): pass
class Insufficient(BankError):
    def __init__(self, need, have):
        super().__init__(f"need {need}, have {have}")
        self.need, self.have = need, have
class Money:
    __slots__ = ("cents",)
    def __init__(self, cents): self.cents = int(cents)
    @classmethod
    def parse(cls, s):
        whole, _, frac = s.partition(".")
        return cls(int(whole) * 100 + int(frac.ljust(2, "0")[:2] or 0))
    def __add__(self, o): return Money(self.cents + o.cents) if isinstance(o, Money) else NotImplemented
    def __radd__(self, o): return self if o == 0 else NotImplemented
    def __sub__(self, o): return Money(self.cents - o.cents)
    def __mul__(self, f): return Money(round(self.cents * f))
    __rmul__ = __mul__
    def __neg__(self): return Money(-self.cents)
    def __eq__(self, o): return isinstance(o, Money) and self.cents == o.cents
    def __lt__(self, o): return self.cents < o.cents
    def __le__(self, o): return self.cents <= o.cents
    def __hash__(self): return hash(self.cents)
    def __bool__(self): return self.cents != 0
    def __repr__(self): return f"Money({self.cents})"
    def __str__(self): return f"{'-' if self.cents < 0 else ''}${abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"
    def __format__(self, spec): return format(str(self), spec)
class Account:
    count = 0
    def __init__(self, owner, balance=Money(0)):
        Account.count += 1
        self.number, self.owner, self._balance, self.log = Account.count, owner, balance, []
    @property
    def balance(self): return self._balance
    def deposit(self, m):
        if m <= Money(0):
            raise ValueError(f"bad amount {m}")
        self._balance += m
        self.log.append(m)
        return self
    def withdraw(self, m):
        if not self.allows(m):
            raise Insufficient(m, self._balance)
        self._balance -= m
        self.log.append(-m)
        return self
    def allows(self, m): return m <= self._balance
    def __iter__(self): return iter(self.log)
    def __len__(self): return len(self.log)
    def __contains__(self, m): return m in self.log
    def __repr__(self): return f"<{type(self).__name__} {self.number} {self.owner}: {self.balance}>"
class Checking(Account):
    overdraft = Money(5000)
    def allows(self, m): return super().allows(m) or m <= self._balance + self.overdraft
class Savings(Account):
    def __init__(self, owner, balance=Money(0), *, rate):
        super().__init__(owner, balance)
        self.rate = rate
    def accrue(self): return self.deposit(self.balance * self.rate)
class Transaction:
    def __init__(self, *accounts): self.accounts = accounts
    def __enter__(self):
        self.saved = [(a, a._balance, list(a.log)) for a in self.accounts]
        return self
    def __exit__(self, t, e, tb):
        if t and issubclass(t, BankError):
            for a, b, log in self.saved:
                a._balance, a.log = b, log
            print("rolled back:", e)
            return True
def transfer(a, b, m):
    with Transaction(a, b):
        b.deposit(m)
        a.withdraw(m)
        return "done"
    return "failed"
c, s = Checking("Ann"), Savings("Bob", Money.parse("1000.5"), rate=0.015)
print(c, s, sum([c.balance, s.balance]))
print(transfer(s, c, Money.parse("250")), transfer(c, s, Money.parse("299.99")), transfer(c, s, Money(2)), c, s, len(c), len(s))
s.accrue()
print(s, list(s), Money(25000) in s, -Money(25000) in s, max(c), min(s), sorted(s))
for f in (
    lambda: c.deposit(Money(0)),
    lambda: c.withdraw(Money.parse("1")),
    lambda: Savings("x"),
    lambda: Money(1) + 1,
    lambda: setattr(c, "balance", 1),
    lambda: Money.parse("abc"),
    lambda: Money(1).euros,
    lambda: setattr(Money(1), "x", 1),
    lambda: Money(1) > 5,
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
try:
    s.withdraw(Money(10**9))
except BankError as e:
    print(e.need, e.have, e.args, isinstance(e, Insufficient))
print(f"[{Money(1234):>10}] [{Money(-5)}]", 2 * Money(3), {Money(5): "k"}[Money(5)])
print(bool(Money(0)), Account.count, [k.__name__ for k in Savings.__mro__])
