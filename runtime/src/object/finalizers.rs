//! What runs when objects die: `__del__`, the close of a generator that rests inside a `try`, and whatever else must not be disturbed by the
//! exception that is on its way at that moment.

use super::raise::{self, Raised};
use super::{call, names, root, root_handle, rt, Root};
use taipan_gc::{Cx, Handle, Local};

/// The finalizer of instances whose class has `__del__`.
pub(crate) fn run_del<'s>(cx: &mut Cx<'s>, object: Handle<'s>) {
    aside(cx, object, |cx| call::call_special(cx, object, names::DEL, &[]).map(drop));
}

/// Runs `body` aside: what was on its way goes on afterwards, and an exception that it raises is reported as ignored in `place`. May collect.
pub fn aside<'s>(cx: &mut Cx<'s>, place: Handle<'s>, body: impl FnOnce(&mut Cx<'s>) -> Result<(), Raised>) {
    let pending = cx.root(root(cx, Root::Pending));
    root_handle(cx, Root::Pending).set(cx, Local::NONE);
    let hooks = rt(cx).hooks;
    if body(cx).is_err() {
        let exception = raise::take(cx);
        (hooks.unraisable)(cx, exception, place);
    }
    root_handle(cx, Root::Pending).set(cx, pending.get(cx));
}
