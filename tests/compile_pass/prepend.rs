//! What it should read like: a native that allocates, reads, calls back and stores.
use taipan_gc::{CollectKind, Cx, Handle, Heap, HeapConfig, HeapFull, Object, Slot};

#[derive(Object)]
struct Entry {
    next: Slot<Entry>,
    key: i64,
    name: String,
}

type Callback<'c> = dyn for<'s> FnMut(&mut Cx<'s>, Handle<'_, Entry>) -> Result<(), HeapFull> + 'c;

fn prepend<'s>(
    cx: &mut Cx<'s>,
    list: Handle<'_, Entry>,
    key: i64,
    f: &mut Callback<'_>,
) -> Result<Handle<'s, Entry>, HeapFull> {
    let head = list.get(cx);
    let fresh = cx.alloc(EntryInit { next: Some(head), key: key + head.key, name: format!("e{key}") })?;
    let fresh = cx.root(fresh);
    f(cx, fresh)?;
    let (fresh_now, list_now) = (fresh.get(cx), list.get(cx));
    fresh_now.put(cx, Entry::next, Some(list_now));
    Ok(fresh)
}

fn main() {
    for manager in ["refcount", "mark"] {
        let mut heap = Heap::new(manager, &HeapConfig::default()).unwrap();
        heap.enter(|cx| {
            let last = cx.alloc(EntryInit { next: None, key: 0, name: "end".into() }).unwrap();
            let list = cx.root(last);
            let made: Result<Handle<'_, Entry>, HeapFull> = cx.scoped_keep(|cx| {
                prepend(cx, list, 41, &mut |cx, fresh| {
                    cx.collect(CollectKind::Full);
                    assert_eq!(fresh.get(cx).key, 41);
                    Ok(())
                })
            });
            let made = made.unwrap().get(cx);
            assert_eq!(made.name, "e41");
            assert_eq!(made.next.get(cx).unwrap().name, "end");
        })
        .unwrap();
    }
}
