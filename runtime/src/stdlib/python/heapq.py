"""Priority queues in lists: the smallest item is always at index 0. The heap operations themselves are native."""

from _heapq import (
    _heapify_max, _heappop_max, _heapreplace_max, heapify, heappop, heappush, heappushpop, heapreplace,
)

__all__ = ["heappush", "heappop", "heapify", "heapreplace", "merge", "nlargest", "nsmallest", "heappushpop"]


def merge(*iterables, key=None, reverse=False):
    """Merges sorted inputs into one sorted output, one item at a time."""
    direction = -1 if reverse else 1
    up, pop, replace = (
        (_heapify_max, _heappop_max, _heapreplace_max) if reverse else (heapify, heappop, heapreplace)
    )
    heap = []
    for order, iterator in enumerate(map(iter, iterables)):
        try:
            value = next(iterator)
        except StopIteration:
            continue
        # The order decides between equal items: no two entries compare further.
        heap.append([value if key is None else key(value), order * direction, iterator, value])
    up(heap)
    while len(heap) > 1:
        try:
            while True:
                entry = heap[0]
                yield entry[3]
                value = entry[3] = next(entry[2])
                entry[0] = value if key is None else key(value)
                replace(heap, entry)
        except StopIteration:
            pop(heap)
    if heap:
        _, _, iterator, value = heap[0]
        yield value
        yield from iterator


def nsmallest(n, iterable, key=None):
    """The n smallest items, in order."""
    if n == 1:
        missing = object()
        found = min(iterable, default=missing, key=key)
        return [] if found is missing else [found]
    try:
        size = len(iterable)
    except (TypeError, AttributeError):
        pass
    else:
        if n >= size:
            return sorted(iterable, key=key)[:n]
    iterator = iter(iterable)
    kept = [
        (item if key is None else key(item), order, item) for order, item in zip(range(n), iterator)
    ]
    if not kept:
        return []
    _heapify_max(kept)
    top = kept[0][0]
    order = n
    for item in iterator:
        value = item if key is None else key(item)
        if value < top:
            _heapreplace_max(kept, (value, order, item))
            top = kept[0][0]
            order += 1
    kept.sort()
    return [item for _, _, item in kept]


def nlargest(n, iterable, key=None):
    """The n largest items, largest first."""
    if n == 1:
        missing = object()
        found = max(iterable, default=missing, key=key)
        return [] if found is missing else [found]
    try:
        size = len(iterable)
    except (TypeError, AttributeError):
        pass
    else:
        if n >= size:
            return sorted(iterable, key=key, reverse=True)[:n]
    iterator = iter(iterable)
    kept = [
        (item if key is None else key(item), -order, item) for order, item in zip(range(n), iterator)
    ]
    if not kept:
        return []
    heapify(kept)
    top = kept[0][0]
    order = -n
    for item in iterator:
        value = item if key is None else key(item)
        if top < value:
            heapreplace(kept, (value, order, item))
            top = kept[0][0]
            order -= 1
    kept.sort(reverse=True)
    return [item for _, _, item in kept]
