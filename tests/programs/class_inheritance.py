# Inheritance, MRO, super() in both forms, and their errors.
class A:
    def who(self):
        return ["A"]
    def __repr__(self):
        return f"{type(self).__name__}()"
class B(A):
    def who(self):
        return ["B"] + super().who()
class C(A):
    def who(self):
        return ["C"] + super(C, self).who()
class D(B, C):
    def who(self):
        return ["D"] + super().who()
print(D().who(), [k.__name__ for k in D.__mro__], D.__bases__, B.__base__, D.mro() == list(D.__mro__))
print(super(D, D()).who(), super(B, D()).who(), super(C, D()).who(), A.who(D()), D())
class E(D):
    pass
print(E().who(), isinstance(E(), C), issubclass(E, (int, A)), issubclass(A, E))
print(isinstance(D, type), issubclass(D, D), issubclass(bool, int), issubclass(D, object))
print(isinstance(5, (str, (float, int))), isinstance(5, int | str), type(E()) is E)
print(E().__class__ is E)
def bad_mro():
    class X(A, B):
        pass
def bad_order():
    class P: pass
    class Q: pass
    class PQ(P, Q): pass
    class QP(Q, P): pass
    class Z(PQ, QP): pass
def dup():
    class X(A, A): pass
def base_int():
    class X(5): pass
def base_func():
    class X(len): pass
def bad_super():
    super().x
def super_wrong():
    super(B, 5).who()
def super_attr():
    D.nope = lambda self: super(D, self).nope()
    D().nope()
def layout():
    class X(int, str): pass
def final():
    class X(type(None)): pass
def no_cell():
    class X:
        def f():
            super()
    X.f()
def nomethod(): A().nope()
def noattr(): A.nope
def inst_attr(): return A().who.nope
def mod_builtin(): int.x = 1
def set_obj(): object().x = 1
for f in (
    bad_mro, bad_order, dup, base_int, base_func, bad_super, super_wrong, super_attr, layout,
    final, no_cell, nomethod, noattr, inst_attr, mod_builtin, set_obj,
):
    try:
        print(f())
    except Exception as e:
        print(f.__name__, "->", type(e).__name__, e)
class Init:
    def __init__(self, x):
        self.x = x
class Sub(Init):
    def __init__(self, x, y):
        super().__init__(x)
        self.y = y
class NoSuper(Init):
    def __init__(self):
        pass
s = Sub(1, 2)
print(s.__dict__, vars(s), NoSuper().__dict__)
try:
    NoSuper().x
except AttributeError as e:
    print(e, e.name)
class ListSub(list):
    def total(self):
        return sum(self)
    def append(self, v):
        super().append(v * 2)
l = ListSub([1, 2])
l.append(5)
print(l, l.total(), type(l[:]).__name__, type(l + [1]).__name__, isinstance(l, list), len(l), l == [1, 2, 10])
class IntSub(int):
    def __add__(self, o):
        return IntSub(int(self) + int(o) + 100)
    def __repr__(self):
        return f"I{int(self)}"
print(IntSub(1) + 2, 2 + IntSub(1), IntSub(3) * 2, [IntSub(5)], type(IntSub(1) * 2).__name__)
print(IntSub("7"), IntSub(1) == 1, {1: "x"}[IntSub(1)])
class Cm:
    @classmethod
    def make(cls):
        return cls.__name__
class Cm2(Cm):
    @classmethod
    def make(cls):
        return "sub " + super().make()
print(Cm2.make(), Cm2().make())
