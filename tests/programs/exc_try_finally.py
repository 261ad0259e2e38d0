# try/except/else/finally with return, break, continue and raise in every clause.
log = []
def run(f, *a):
    log.clear()
    try:
        r = f(*a)
    except Exception as e:
        r = f"{type(e).__name__}({e})"
    print(f.__name__, a, r, log)
def basic(exc):
    try:
        log.append("try")
        if exc:
            raise exc("x")
    except ValueError:
        log.append("except")
    else:
        log.append("else")
    finally:
        log.append("finally")
    return "end"
def ret_everywhere(exc):
    try:
        if exc:
            raise exc("x")
        return "try"
    except ValueError:
        return "except"
    finally:
        log.append("finally")
def ret_else():
    try:
        pass
    except ValueError:
        return "except"
    else:
        return "else"
    finally:
        log.append("f")
def finally_overrides(exc):
    try:
        if exc:
            raise exc("x")
        return "try"
    finally:
        return "finally"
def value_saved():
    x = 1
    try:
        return x
    finally:
        x = 2
        log.append(x)
def list_saved():
    x = [1]
    try:
        return x
    finally:
        x.append(2)
def loop_break():
    for i in range(5):
        try:
            if i == 2:
                break
            log.append(i)
        finally:
            log.append(f"f{i}")
    else:
        log.append("else")
    return i
def loop_continue():
    for i in range(3):
        try:
            if i == 1:
                continue
            log.append(i)
        except ValueError:
            pass
        else:
            log.append("else")
        finally:
            log.append(f"f{i}")
    return i
def break_in_finally():
    for i in range(3):
        try:
            1 / 0
        finally:
            break
    return i
def continue_in_finally():
    for i in range(3):
        try:
            raise KeyError(i)
        finally:
            continue
    return i
def loop_except():
    n = 0
    while True:
        try:
            n += 1
            if n < 3:
                raise ValueError(n)
            break
        except ValueError as e:
            log.append(str(e))
            continue
        finally:
            log.append("fin")
    return n
def raise_in_finally():
    try:
        raise ValueError("first")
    finally:
        raise KeyError("second")
def raise_in_else():
    try:
        pass
    except ValueError:
        log.append("not here")
    else:
        raise ValueError("from else")
    finally:
        log.append("fin")
def raise_in_except():
    try:
        1 / 0
    except ZeroDivisionError:
        raise ValueError("from except")
    finally:
        log.append("fin")
def nested():
    try:
        try:
            raise ValueError("inner")
        except KeyError:
            log.append("wrong")
        finally:
            log.append("inner fin")
    except ValueError as e:
        log.append(str(e))
        try:
            raise
        except ValueError as e2:
            log.append(e2 is e if "e" in dir() else None)
    finally:
        log.append("outer fin")
    return "done"
def nested_return():
    for a in (1, 2):
        try:
            for b in (1, 2):
                try:
                    return a, b
                finally:
                    log.append("b")
        finally:
            log.append("a")
def finally_swallow_by_return_in_loop():
    while True:
        try:
            try:
                1 / 0
            finally:
                log.append("in")
                return "swallowed"
        finally:
            log.append("out")
def deep(n):
    try:
        if n == 0:
            raise ValueError("bottom")
        return deep(n - 1)
    finally:
        log.append(n)
for e in (None, ValueError, KeyError):
    run(basic, e); run(ret_everywhere, e); run(finally_overrides, e)
for f in (
    ret_else, value_saved, list_saved, loop_break, loop_continue, break_in_finally,
    continue_in_finally, loop_except, raise_in_finally, raise_in_else, raise_in_except, nested,
    nested_return, finally_swallow_by_return_in_loop,
):
    run(f)
run(deep, 3)
