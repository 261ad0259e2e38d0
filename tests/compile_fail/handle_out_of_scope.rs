//! A `Handle` does not leave its scope.
use taipan_gc::{Cx, Local};

fn program(cx: &mut Cx<'_>) {
    let escaped = cx.scoped(|cx| cx.root(Local::NONE));
    escaped.get(cx);
}

fn main() {}
