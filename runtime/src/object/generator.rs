//! Generators as the rooms above see them: their states, and what can be told without running them. Running them is the VM's.

use super::layout::Generator;
use super::raise::{self, Raised};
use super::{classes, finalizers, rt, tuple};
use crate::bytecode::{Instr, Op};
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

/// `__name__` (0) or `__qualname__` (1): its own, or else that of its code.
pub fn title<'a>(cx: &'a Cx<'_>, generator: Local<'a, Generator>, which: usize) -> Option<Local<'a>> {
    let own = if which == 0 { generator.name.get(cx) } else { generator.qualname.get(cx) };
    own.or_else(|| {
        let code = generator.function.get(cx)?.code.get(cx)?;
        // SAFETY: the code object keeps its titles alive.
        Some(unsafe { Local::from_value(code.data.titles.get(which)?.get()) })
    })
}

/// What the generator waits for at a delegation (`yield from`, `await`).
pub fn waits_for<'a>(cx: &'a Cx<'_>, generator: Local<'a, Generator>) -> Option<Local<'a>> {
    if generator.state.get() != SUSPENDED {
        return None;
    }
    if let Some(inner) = generator.inner.get(cx) {
        return Some(inner);
    }
    let code = generator.function.get(cx)?.code.get(cx)?;
    let word = Instr(code.data.words.get(generator.pc.get() as usize)?.get());
    if word.op() != Op::Delegate as u8 {
        return None;
    }
    let value = *tuple::array_values(generator.registers.get(cx)?).get(word.b())?;
    // SAFETY: what a generator at rest has in its registers is alive.
    unsafe { Local::from_slot(value) }
}

/// What a generator that is done returned; it is handed out once.
pub fn take_result<'s>(cx: &Cx<'s>, generator: Handle<'_, Generator>) -> Option<Handle<'s>> {
    let generator = generator.get(cx);
    let result = generator.inner.get(cx).map(|result| cx.root(result));
    generator.put(cx, Generator::inner, None);
    result
}

/// `close()`: raises GeneratorExit where the generator rests, and wants it to end by that, or by returning.
pub fn close<'s>(cx: &mut Cx<'s>, generator: Handle<'s, Generator>) -> Result<(), Raised> {
    if generator.get(cx).state.get() == DONE {
        return Ok(());
    }
    let exit = raise::new_exception(cx, classes::handle(cx, classes::GENERATOR_EXIT), &[])?;
    match (rt(cx).hooks.resume)(cx, generator, exit, true) {
        Ok(Some(_)) => {
            let message = format!("{} ignored GeneratorExit", kind(generator.get(cx)));
            Err(raise::raise(cx, classes::RUNTIME_ERROR, message))
        }
        Ok(None) => {
            take_result(cx, generator);
            Ok(())
        }
        Err(raised) => raise::catch(cx, raised, classes::GENERATOR_EXIT),
    }
}

/// What messages call it.
pub fn kind(generator: Local<'_, Generator>) -> &'static str {
    ["generator", "coroutine", "async generator"][generator.flavour.get() as usize % 3]
}

/// Whether a generator must be closed before it dies (PEP 342): it rests inside a `try` or a `with`, or at a delegation to something that may
/// have to be closed.
pub(crate) fn must_be_closed(payload: *const u8) -> bool {
    // SAFETY: the heap asks this of generators alone.
    let generator = unsafe { &*(payload as *const Generator) };
    generator.guarded.get() && generator.state.get() == SUSPENDED
}

/// Closes a generator that nobody has any more.
pub(crate) fn close_dying<'s>(cx: &mut Cx<'s>, object: Handle<'s>) {
    if let Some(generator) = object.downcast::<Generator>(cx) {
        finalizers::aside(cx, object, |cx| close(cx, generator));
    }
}
