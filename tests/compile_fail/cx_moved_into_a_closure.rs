//! A context that a closure took is not used beside it.
use taipan_gc::{Cx, Local};

fn program<'s>(cx: &mut Cx<'s>) {
    let mut later = move || cx.poll();
    cx.root(Local::NONE);
    later();
}

fn main() {}
