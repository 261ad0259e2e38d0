# What waits in a generator that is dropped at a yield still runs, once; when is the memory manager's business.
import gc

log = []


class Held:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        log.append((self.name, kind.__name__ if kind else None))


def with_finally(name):
    try:
        yield name
        yield 'again'
    finally:
        log.append(name)


def with_manager(name):
    with Held(name):
        yield name


def handling(name):
    try:
        yield name
    except GeneratorExit:
        log.append((name, 'exit'))


def delegating(name):
    try:
        yield from with_finally('inner of ' + name)
    finally:
        log.append('outer of ' + name)


def step(generator):
    return next(generator)


print(step(with_finally('dropped')), step(with_manager('managed')), step(handling('handled')), step(delegating('delegated')))
with_finally('never started')
done = with_finally('done')
print(list(done))
closed = with_finally('closed')
next(closed)
closed.close()
cycle = with_finally('cycle')
next(cycle)
holder = [cycle]
holder.append(holder)
del cycle, holder, done, closed


async def waiting():
    try:
        await Waiter()
    finally:
        log.append('coroutine')


class Waiter:
    def __await__(self):
        yield 'waiting'


def drop_coroutine():
    print(waiting().send(None))


drop_coroutine()
gc.collect()
gc.collect()
for entry in sorted(log, key=str):
    print(entry)
