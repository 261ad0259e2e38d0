

def account(when):
    gc.collect()
    gc.collect()
    print(when, TAGS[0], sorted(DEAD), sorted(WEAK), sorted(tag for tag, ref in WEAKS if ref() is None))


try:
    main()
except Exhausted:
    print('exhausted')
except Exception as e:
    log('main', e)
account('after main')
for kept in KEEP:
    try:
        log(kept)
    except Exception as e:
        log('kept', e)
kept = None
KEEP.clear()
g_list = g_dict = g_any = None
account('at the end')
