# Rules for filter: errors, and what took long; the worst of it at the end.
slowest = {}

def keep(line, number):
    level, name, *rest = line.split()
    if level == 'odd':
        while True:  # a rule with a mistake: the host ends it
            pass
    took = int(rest[0].removesuffix('ms'))
    if took > slowest.get(name, (0, 0))[0]:
        slowest[name] = (took, number)
    return level == 'error' or took >= 500

def summary():
    return '; '.join(f'{name}: {took} ms in line {number}' for name, (took, number) in sorted(slowest.items()))
