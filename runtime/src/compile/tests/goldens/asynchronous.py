async def f(a):
    async with a as b:
        pass
    async for x in b:
        await x
    return [y async for y in x]
