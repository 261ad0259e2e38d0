//! A local is not smuggled into an object through a cell of the embedder's.
use std::cell::RefCell;
use taipan_gc::{CollectKind, Cx, Local, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

fn program(cx: &mut Cx<'_>) {
    let hidden: RefCell<Option<Local<'_, Node>>> = RefCell::new(None);
    hidden.replace(Some(cx.alloc(NodeInit { next: None }).unwrap()));
    cx.collect(CollectKind::Full);
    hidden.borrow().unwrap().next.get(cx);
}

fn main() {}
