//! A handle stays on its thread.
use taipan_gc::{Cx, Local};

fn needs_send<T: Send>(_: T) {}

fn program(cx: &Cx<'_>) {
    needs_send(cx.root(Local::NONE));
}

fn main() {}
