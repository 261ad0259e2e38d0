class A(B, metaclass=M):
    """doc"""
    x: int = 1
    def m(self, v):
        self.v = self.w = v
        self.__private = super().m(v)
    y = x
