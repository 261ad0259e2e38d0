# Coroutines that are awaited where they are made: values, suspensions at any depth, exceptions, what is handled, what they look like.
import sys
class Aw:
    def __init__(self, n): self.n = n
    def __await__(self):
        r = 0
        for i in range(self.n): r += yield i
        return r
async def leaf(n, *a, k=1):
    if n == 0: raise ValueError("leaf")
    return n * k
async def susp(n):
    return await Aw(n)
async def mid(n):
    a = await leaf(n)
    b = await susp(n)
    c = await susp(b if b else 1)
    try: await leaf(0)
    except ValueError as e: print("caught", e, e.__traceback__.tb_next.tb_frame.f_code.co_name)
    return a, b, c
async def top(n):
    x = await mid(n)
    y = [await leaf(i, k=2) for i in range(1, 4)]
    z = {await leaf(i): await susp(i) for i in range(1, 3)}
    return x, y, z
def drive(c, v=1):
    out = []
    try:
        s = None
        while True:
            out.append(c.send(s)); s = v
    except StopIteration as e:
        return out, e.value
print(drive(top(3)))
c = top(2); print(c.send(None), c.cr_running, c.cr_await.__name__ if c.cr_await else None)
try: c.throw(KeyError("x"))
except KeyError as e:
    tb = e.__traceback__
    while tb: print(tb.tb_frame.f_code.co_name, tb.tb_lineno); tb = tb.tb_next
c = top(2); c.send(None); c.close(); print(c.cr_frame)
async def rec(n):
    if n: return 1 + await rec(n - 1)
    return await Aw(2)
print(drive(rec(50)))
def deep():
    try: drive(rec(10 ** 6))
    except RecursionError as e: print("RecursionError")
deep()
async def fin():
    try: return await leaf(0)
    finally: print("fin", await susp(2))
try: print(drive(fin()))
except ValueError as e: print(e)
async def handled():
    try: raise KeyError(1)
    except KeyError:
        r = await inner_handled()
        print("after", sys.exc_info()[0])
        return r
async def inner_handled():
    print("inner", sys.exc_info()[0])
    try: raise ValueError(2)
    except ValueError as e:
        await Aw(1)
        print("ctx", repr(e.__context__), sys.exc_info()[0])
    print("inner", sys.exc_info()[0])
    return 5
print(drive(handled()))
class O:
    async def m(self, x): return await self.k(x) + 1
    async def k(self, x): await Aw(x); return x
import gc
print(drive(O().m(2))); gc.collect()
async def selfawait():
    global me
    try: await me
    except Exception as e: print(type(e).__name__, e)
    return await other()
async def other():
    try: me.send(None)
    except ValueError as e: print(e)
    return 3
me = selfawait(); print(drive(me))
async def w():
    c = leaf(4)
    d = await c
    try: await c
    except RuntimeError as e: print(e)
    return d
print(drive(w()))
async def stop(): raise StopIteration(3)
async def stop2(): return await stop()
try: drive(stop2())
except RuntimeError as e: print(e, repr(e.__cause__))
