//! The types of objects that the cases use, and the log in which their finalizers write.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;
use taipan_gc::{Any, Cx, Handle, Local, Object, Owned, Slot, SlotMap, SlotVec};

/// Host data: what finalizers did.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Keys of finalized objects, in order.
    pub(super) finalized: RefCell<Vec<i64>>,
    /// What a finalizer resurrected.
    pub(super) saved: RefCell<Vec<Owned<Mortal>>>,
    /// Whether finalizers resurrect.
    pub(super) resurrect: Cell<bool>,
    /// Whether finalizers poll.
    pub(super) poll: Cell<bool>,
    /// Whether finalizers panic.
    pub(super) panic: Cell<bool>,
}

/// How often each key was finalized must be once: sorts the log.
pub(super) fn finalized(cx: &Cx<'_>) -> Vec<i64> {
    let mut keys = cx.host::<Log>().map(|log| log.finalized.borrow().clone()).unwrap_or_default();
    keys.sort_unstable();
    keys
}

/// Two references and a number.
#[derive(Object, Debug)]
pub(super) struct Node {
    pub(super) left: Slot<Node>,
    pub(super) right: Slot<Node>,
    pub(super) key: Cell<i64>,
}

/// A reference to anything.
#[derive(Object, Debug)]
pub(super) struct Boxed {
    pub(super) item: Slot<Any>,
}

/// An object with a finalizer.
#[derive(Object, Debug)]
#[object(finalize = mortal_dies)]
pub(super) struct Mortal {
    pub(super) other: Slot<Mortal>,
    pub(super) key: i64,
    pub(super) token: Token,
}

/// An object with a drop and no finalizer.
#[derive(Object, Debug)]
pub(super) struct Droppable {
    pub(super) next: Slot<Droppable>,
    pub(super) token: Token,
}

/// As a droppable, but it never moves, if the manager can do that.
#[derive(Object, Debug)]
#[object(pinned)]
pub(super) struct Still {
    pub(super) next: Slot<Droppable>,
    pub(super) token: Token,
}

/// An object with containers.
#[derive(Object, Debug)]
pub(super) struct Holder {
    pub(super) list: SlotVec<Node>,
    pub(super) other: Slot<Holder>,
    pub(super) map: SlotMap<String, Node>,
    pub(super) token: Token,
}

/// An object that owns memory outside the heap.
#[derive(Object, Debug)]
#[object(external = Blob::bytes)]
pub(super) struct Blob {
    pub(super) next: Slot<Blob>,
    pub(super) data: Vec<u8>,
}

impl Blob {
    fn bytes(&self) -> usize {
        self.data.capacity()
    }
}

/// An object of 20 KB.
#[derive(Object, Debug)]
pub(super) struct Big {
    pub(super) next: Slot<Big>,
    pub(super) bytes: [u8; 20_000],
}

/// Counts how many live: one up when made, one down when dropped, an abort of the case when it falls below zero.
#[derive(Debug)]
pub(crate) struct Token(Arc<AtomicI64>);

impl Token {
    pub(crate) fn new(count: &Arc<AtomicI64>) -> Token {
        count.fetch_add(1, Ordering::Relaxed);
        Token(count.clone())
    }

    pub(super) fn counter(&self) -> Arc<AtomicI64> {
        self.0.clone()
    }

    /// Whether any is alive, this one for example.
    pub(crate) fn is_live(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let before = self.0.fetch_sub(1, Ordering::Relaxed);
        assert!(before > 0, "G10: a payload was dropped twice");
    }
}

fn mortal_dies<'s>(cx: &mut Cx<'s>, dying: Handle<'s>) {
    let Some(dying) = dying.downcast::<Mortal>(cx) else { panic!("finalized as something else") };
    let key = dying.get(cx).key;
    let Some(log) = cx.host::<Log>() else { return };
    log.finalized.borrow_mut().push(key);
    if log.panic.replace(false) {
        // Without the hook's message: it is on purpose.
        std::panic::resume_unwind(Box::new("a finalizer panics, as it should"));
    }
    if log.resurrect.get() {
        match cx.own(dying.get(cx)) {
            Ok(owned) => log.saved.borrow_mut().push(owned),
            Err(full) => panic!("{full}"),
        }
    }
    if log.poll.get() {
        cx.scoped(|cx| {
            // A finalizer that makes garbage of its own.
            let _ = cx.alloc(NodeInit { left: None, right: None, key: Cell::new(key) });
            cx.poll();
        });
    }
}

/// A node, when nothing limits the heap.
pub(super) fn node<'a>(
    cx: &'a Cx<'_>,
    left: Option<Local<'_, Node>>,
    right: Option<Local<'_, Node>>,
    key: i64,
) -> Local<'a, Node> {
    must(cx.alloc(NodeInit { left, right, key: Cell::new(key) }))
}

/// A mortal, when nothing limits the heap.
pub(super) fn mortal<'a>(
    cx: &'a Cx<'_>,
    other: Option<Local<'_, Mortal>>,
    key: i64,
    count: &Arc<AtomicI64>,
) -> Local<'a, Mortal> {
    must(cx.alloc(MortalInit { other, key, token: Token::new(count) }))
}

/// The value of something that can't fail here.
#[track_caller]
pub(crate) fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

/// A counter of live payloads, and its reading.
pub(crate) fn counter() -> (Arc<AtomicI64>, impl Fn() -> i64) {
    let count = Arc::new(AtomicI64::new(0));
    let reader = count.clone();
    (count, move || reader.load(Ordering::Relaxed))
}

/// An object with empty containers.
pub(super) fn holder<'s>(cx: &Cx<'s>, token: Token) -> Handle<'s, Holder> {
    cx.root(must(cx.alloc(HolderInit { other: None, token })))
}

/// A full binary tree.
pub(super) fn tree<'a>(cx: &'a Cx<'_>, depth: u32) -> Local<'a, Node> {
    if depth == 0 {
        return node(cx, None, None, 0);
    }
    let (left, right) = (tree(cx, depth - 1), tree(cx, depth - 1));
    node(cx, Some(left), Some(right), depth as i64)
}

/// How many nodes a tree has, checking that it is one that `tree` made.
pub(super) fn count(cx: &Cx<'_>, at: Local<'_, Node>) -> u64 {
    match (at.left.get(cx), at.right.get(cx)) {
        (Some(left), Some(right)) => {
            assert_eq!(left.key.get() + 1, at.key.get(), "G2: a node lost its contents");
            1 + count(cx, left) + count(cx, right)
        }
        (None, None) => 1,
        _ => panic!("G2: a node lost a child"),
    }
}
