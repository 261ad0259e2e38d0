//! A handle of an inner scope is not stored in an outer variable.
use taipan_gc::{Cx, Handle, Local};

fn program(cx: &mut Cx<'_>) {
    let mut kept: Option<Handle<'_>> = None;
    cx.scoped(|cx| {
        kept = Some(cx.root(Local::NONE));
    });
    kept.unwrap().get(cx);
}

fn main() {}
