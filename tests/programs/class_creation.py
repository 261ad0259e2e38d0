# type() with three arguments, metaclasses, __init_subclass__, __new__, __class_getitem__, class keywords.
T = type("T", (), {"x": 1, "m": lambda self: self.x + 1})
print(T.__name__, T().m(), T.__bases__, T.__qualname__, type(T), type(type).__name__)
U = type("U", (T, dict), {"__doc__": "dyn"})
print(U.__mro__[1].__name__, U(a=1), U().m(), U.__doc__)
class Meta(type):
    def __new__(mcs, name, bases, ns, **kw):
        print("new", name, [b.__name__ for b in bases], sorted(k for k in ns if not k.startswith("__")), kw)
        ns["added"] = name.lower()
        return super().__new__(mcs, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", name)
        super().__init__(name, bases, ns)
    def __call__(cls, *a, **k):
        print("call", cls.__name__, a, k)
        return super().__call__(*a, **k)
    def __repr__(cls): return f"<{cls.__name__} by Meta>"
    def __len__(cls): return 42
    def __contains__(cls, v): return v == 1
    def __iter__(cls): return iter("meta")
    @property
    def prop(cls): return "meta prop of " + cls.__name__
class A(metaclass=Meta, opt=1):
    def __init__(self, v=0): self.v = v
class B(A):
    y = 2
print(A.added, B.added, B(5).v, A, len(A), 1 in B, list(B), B.prop, type(B) is Meta, isinstance(B, Meta))
class Prep(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, kw)
        return {"injected": 10}
class P(metaclass=Prep):
    doubled = injected * 2
print(P.doubled, P.injected)
class Base:
    registry = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.registry.append((cls.__name__, tag))
class S1(Base, tag="one"): pass
class S2(S1): pass
print(Base.registry)
class Singleton:
    inst = None
    def __new__(cls, *a):
        print("__new__", a)
        if cls.inst is None:
            cls.inst = super().__new__(cls)
        return cls.inst
    def __init__(self, *a): print("__init__", a)
print(Singleton(1) is Singleton(2))
class Other:
    def __new__(cls): return 5
    def __init__(self): print("never")
print(Other())
class Even(int):
    def __new__(cls, v): return super().__new__(cls, v - v % 2)
print(Even(7), Even(8) + 1)
class Gen:
    def __class_getitem__(cls, k): return f"{cls.__name__}[{k}]"
print(Gen[int], Gen[1, 2])
def e1(): type("X", (5,), {})
def e2(): type("X", [], {})
def e3(): type(5, (), {})
def e4():
    class X(Base, bad=1): pass
def e5():
    class X(kw=1): pass
def e6():
    class M2(type): pass
    class Y(metaclass=M2): pass
    class Z(A, Y): pass
def e7():
    class X:
        def __init__(self): return 5
    X()
def e8():
    class X:
        def __new__(cls, a): return super().__new__(cls)
    X()
def e9(): object.__new__(int)
def e10():
    class X:
        def __new__(cls): pass
    return X()
def e11(): return Base[int]
def e12(): object().__init__(1)
def e13():
    class X:
        def __init__(self, a): pass
    return X.__new__(X, 1).__class__.__name__
for f in (e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13):
    try:
        print(f.__name__, f())
    except Exception as e:
        print(f.__name__, "->", type(e).__name__, e)
class Fn(metaclass=lambda name, bases, ns: (name, bases, sorted(k for k in ns if not k.startswith("__")))):
    a = 1
print(Fn)
print([c.__name__ for c in Singleton.__subclasses__()], [c.__name__ for c in S1.__subclasses__()])
