//! Generators as the rooms above see them: their states, and what can be told without running them. Running them is the VM's.

use super::layout::Generator;
use taipan_gc::{Cx, Handle, Local};

/// Not started.
pub const CREATED: u8 = 0;
/// At a yield or a delegation; or in the middle of a chain of delegations that is running.
pub const SUSPENDED: u8 = 1;
/// On the stack.
pub const RUNNING: u8 = 2;
/// Returned or failed.
pub const DONE: u8 = 3;

/// Whether the generator runs, or one that it delegates to.
pub fn is_running(cx: &Cx<'_>, generator: Local<'_, Generator>) -> bool {
    let mut state = generator.state.get();
    let mut inner = generator.inner.get(cx);
    while let (SUSPENDED, Some(next)) = (state, inner.and_then(|inner| inner.downcast::<Generator>(cx))) {
        (state, inner) = (next.state.get(), next.inner.get(cx));
    }
    state == RUNNING
}

/// What a generator that is done returned; it is handed out once.
pub fn take_result<'s>(cx: &Cx<'s>, generator: Handle<'_, Generator>) -> Option<Handle<'s>> {
    let generator = generator.get(cx);
    let result = generator.inner.get(cx).map(|result| cx.root(result));
    generator.put(cx, Generator::inner, None);
    result
}
