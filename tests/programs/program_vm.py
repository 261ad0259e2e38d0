# A stack machine with an assembler, and an LRU cache: classes, dicts, dispatch tables.
class Halt(Exception):
    pass
class VM:
    def __init__(self, code):
        self.code, self.stack, self.pc, self.calls, self.out, self.steps = code, [], 0, [], [], 0
        self.ops = {n[3:]: getattr(self, n) for n in dir(self) if n.startswith("op_")}
    def op_push(self, v): self.stack.append(v)
    def op_add(self): self.binary(lambda a, b: a + b)
    def op_mul(self): self.binary(lambda a, b: a * b)
    def op_sub(self): self.binary(lambda a, b: a - b)
    def op_dup(self): self.stack.append(self.stack[-1])
    def op_swap(self): self.stack[-1], self.stack[-2] = self.stack[-2], self.stack[-1]
    def op_pop(self): self.stack.pop()
    def op_jnz(self, t):
        if self.stack.pop():
            self.pc = t
    def op_jmp(self, t): self.pc = t
    def op_call(self, t):
        self.calls.append(self.pc)
        self.pc = t
    def op_ret(self): self.pc = self.calls.pop()
    def op_print(self): self.out.append(self.stack.pop())
    def op_halt(self): raise Halt
    def binary(self, f):
        b, a = self.stack.pop(), self.stack.pop()
        self.stack.append(f(a, b))
    def run(self):
        try:
            while True:
                op, *args = self.code[self.pc]
                self.pc += 1
                self.steps += 1
                self.ops[op](*args)
        except Halt:
            return self.out
def assemble(text):
    labels, code = {}, []
    for raw in text.splitlines():
        line = raw.partition(";")[0].strip()
        if not line:
            continue
        if line.endswith(":"):
            labels[line[:-1]] = len(code)
        else:
            code.append(line.split())
    return [(op, *(labels[a] if a in labels else int(a) for a in args)) for op, *args in code]
prog = assemble("""
    push 1          ; factorial of 20, by a loop
    push 20
loop:
    dup
    call times
    push 1
    sub
    dup
    jnz loop
    pop
    print
    halt
times:              ; ( acc n n -- acc*n n )
    pop
    dup
    call under
    ret
under:
    swap
    pop
    dup
    push 0
    add
    ret
""")
vm = VM(prog)
try:
    print(vm.run(), vm.steps)
except IndexError as e:
    print("IndexError", e, vm.pc, vm.steps, vm.stack)
count = VM(assemble("push 3000\nl:\npush 1\nsub\ndup\njnz l\nprint\nhalt"))
print(count.run(), count.steps, sorted(count.ops))
for bad in ("push 1\nadd\nhalt", "nope", "push x", "push 1", "jmp", "push 1 2\nhalt"):
    try:
        print(VM(assemble(bad)).run())
    except Exception as e:
        print(repr(bad), type(e).__name__, e)
class LRU:
    def __init__(self, size): self.size, self.d, self.hits, self.misses = size, {}, 0, 0
    def __call__(self, f):
        def wrapper(*args):
            if args in self.d:
                self.hits += 1
                self.d[args] = self.d.pop(args)
            else:
                self.misses += 1
                self.d[args] = f(*args)
                if len(self.d) > self.size:
                    del self.d[next(iter(self.d))]
            return self.d[args]
        return wrapper
cache = LRU(8)
@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60), cache.hits, cache.misses, len(cache.d), list(cache.d)[-1])
