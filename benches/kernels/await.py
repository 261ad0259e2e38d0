async def leaf(x):
    return x


async def awaits(n):
    for i in range(n):
        await leaf(i)


def kernel(n):
    try:
        awaits(n).send(None)
    except StopIteration:
        pass
