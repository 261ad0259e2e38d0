//! The outer context is not used while a scope is open in it.
use taipan_gc::{Cx, Local};

fn program(cx: &mut Cx<'_>) {
    cx.scoped(|inner| {
        cx.root(Local::NONE);
        inner.root(Local::NONE);
    });
}

fn main() {}
