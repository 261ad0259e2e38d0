//! [`Context`]: a thread's seat in a heap, and how every entry point enters and leaves.
//!
//! Invariants: the innermost scope's locals are the top of the value stack whenever C code runs (C1); no entry point unwinds (C2); a pending
//! error is kept until it is taken, and nothing that may run script code runs meanwhile (C3).

use crate::abi::*;
use crate::buffers::BufferTable;
use crate::fail::Fault;
use crate::host::{Counters, Types};
use crate::origins::Origins;
use crate::pool::Pool;
use crate::refs::RefTable;
use crate::scopes::Scopes;
use crate::values;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::rc::Rc;
use taipan::object::classes::{self, ClassId};
use taipan::object::{class, raise, root, Root};
use taipan_gc::protocol::mailbox::Releases;
use taipan_gc::sync::{seat, seat_outside, this_thread, Arc};
use taipan_gc::{Core, Cx, Entered, Handle, Local, Owned, ShapeId};

/// A thread's seat in a heap: `tpn_ctx`.
#[derive(Debug)]
pub struct Context {
    pub(crate) core: *mut Core,
    /// Tag of the heap in handles.
    pub(crate) tag: u32,
    /// Number of the thread that made the heap.
    pub(crate) thread: u64,
    /// The seat of that thread, outside of all heaps, while the context may be used, else one that no thread has: what every call asks first.
    pub(crate) ready: Cell<u64>,
    /// The same for quick halves, which note nothing: nobody's where origins are kept.
    pub(crate) quick: Cell<u64>,
    pub(crate) attached: Cell<bool>,
    /// Whether the host has left the heap for a while (tpn_leave); then nobody is attached.
    pub(crate) left: Cell<bool>,
    pub(crate) poisoned: Cell<bool>,
    pub(crate) scopes: Scopes,
    pub(crate) pending: Cell<Option<Pending>>,
    pub(crate) references: RefCell<RefTable>,
    pub(crate) buffers: RefCell<BufferTable>,
    pub(crate) types: RefCell<Types>,
    /// Names up to this one may have been given to C.
    pub(crate) names: Cell<u32>,
    /// The shape of owners of natives' data, once there is one.
    pub(crate) native_shape: Cell<ShapeId>,
    /// Who gives modules to import, and its word.
    pub(crate) loader: (LoaderFn, *mut c_void),
    pub(crate) counters: Rc<Counters>,
    /// The number of the next thing that C has to give back.
    pub(crate) serial: Cell<u64>,
    /// Where they are made, if that is kept.
    pub(crate) origins: Option<Origins>,
    pub(crate) pool: Pool,
    pub(crate) releases: Arc<Releases>,
    pub(crate) heap: Cell<*mut crate::heap::HostHeap>,
}

/// An error that waits to be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) status: Status,
    /// None: the MemoryError made beforehand.
    pub(crate) exception: Option<Owned>,
}

/// Room on the value stack that an entry point wants for its own temporaries.
pub(crate) const ROOM: usize = 64;

impl Context {
    /// Enters the heap of a context for the duration of `body`.
    pub(crate) fn enter<R>(
        context: *const Context,
        body: impl for<'s> FnOnce(&Context, &mut Cx<'s>) -> R,
    ) -> Result<R, Status> {
        // SAFETY: C passes NULL or a context that tpn_attach_heap gave and whose heap is not freed.
        let Some(context) = (unsafe { context.as_ref() }) else { return Err(E_ARG) };
        if seat() != context.ready.get() {
            return Err(context.refusal());
        }
        let Ok(_entered) = Entered::new() else { return Err(E_STATE) };
        // SAFETY: this thread has entered no heap (just checked), and only it may use this one.
        let mut cx = unsafe { Cx::from_core(context.core) };
        catch_unwind(AssertUnwindSafe(|| body(context, &mut cx))).map_err(|panic| {
            context.poison();
            // Its drop might panic again.
            std::mem::forget(panic);
            E_PANIC
        })
    }

    /// Why a call is refused.
    #[cold]
    #[inline(never)]
    fn refusal(&self) -> Status {
        if self.thread != this_thread() {
            return E_THREAD;
        }
        // Before the next question: finalizers are called, too, when a heap closes, which nobody is attached to then.
        if Entered::new().is_err() {
            return E_STATE;
        }
        if !self.attached.get() {
            return E_THREAD;
        }
        E_PANIC
    }

    /// The seat of no thread.
    pub(crate) const NOBODY: u64 = u64::MAX;

    /// Says whether the host is attached.
    pub(crate) fn set_attached(&self, attached: bool) {
        self.attached.set(attached);
        let ready = attached && !self.poisoned.get();
        let seat = if ready { seat_outside(self.thread) } else { Context::NOBODY };
        self.ready.set(seat);
        self.quick.set(if self.origins.is_some() { Context::NOBODY } else { seat });
    }

    /// Ends all use of the heap.
    fn poison(&self) {
        self.poisoned.set(true);
        self.ready.set(Context::NOBODY);
        self.quick.set(Context::NOBODY);
    }

    /// A call that gives a value, or raises. `runs`: it may run script code.
    pub(crate) fn value(
        context: *const Context,
        runs: bool,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<Handle<'t>, Fault>,
    ) -> Val {
        let result = Context::enter(context, |context, cx| {
            if runs && context.pending.get().is_some() {
                return Val::ERR;
            }
            context.value_here(cx, body)
        });
        result.unwrap_or(Val::ERR)
    }

    /// As [`value`](Self::value), inside the heap.
    pub(crate) fn value_here(
        &self,
        cx: &mut Cx<'_>,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<Handle<'t>, Fault>,
    ) -> Val {
        match self.value_within(cx, body) {
            Ok(value) => value,
            Err(fault) => {
                self.fail(cx, fault);
                Val::ERR
            }
        }
    }

    /// Runs `body` in a scope of the heap; its result becomes a local of the innermost scope of C.
    pub(crate) fn value_within(
        &self,
        cx: &mut Cx<'_>,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<Handle<'t>, Fault>,
    ) -> Result<Val, Fault> {
        self.room(cx, 0)?;
        let kept = cx.root_empty();
        let result = cx.scoped(|cx| {
            let value = body(self, cx)?;
            if let Some(value) = value.get_filled(cx) {
                kept.set(cx, value);
            }
            Ok(())
        });
        match result.map(|()| values::immediate(cx, kept.get_filled(cx))) {
            Ok(None) => self.scopes.add_local(kept.index()),
            Ok(Some(immediate)) => {
                self.pop_to(cx, kept.index());
                Ok(immediate)
            }
            Err(fault) => {
                self.pop_to(cx, kept.index());
                Err(fault)
            }
        }
    }

    /// A call that gives a number or a status, or raises.
    pub(crate) fn number(
        context: *const Context,
        runs: bool,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<i64, Fault>,
    ) -> i64 {
        let result = Context::enter(context, |context, cx| {
            if runs && context.pending.get().is_some() {
                return E_STATE.into();
            }
            if let Err(fault) = context.room(cx, 0) {
                return context.fail(cx, fault).into();
            }
            match cx.scoped(|cx| body(context, cx)) {
                Ok(number) => number,
                Err(fault) => context.fail(cx, fault).into(),
            }
        });
        result.unwrap_or_else(i64::from)
    }

    /// As [`number`](Self::number), for calls that give a status.
    pub(crate) fn status(
        context: *const Context,
        runs: bool,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<(), Fault>,
    ) -> Status {
        Context::number(context, runs, |context, cx| body(context, cx).map(|()| OK.into())) as Status
    }

    /// A call that leaves no error pending.
    pub(crate) fn quiet(
        context: *const Context,
        body: impl for<'t> FnOnce(&Context, &mut Cx<'t>) -> Result<(), Status>,
    ) -> Status {
        match Context::enter(context, |context, cx| cx.scoped(|cx| body(context, cx))) {
            Ok(Ok(())) => OK,
            Ok(Err(status)) | Err(status) => status,
        }
    }

    /// Fails unless `more` values and the usual temporaries fit the value stack.
    pub(crate) fn room(&self, cx: &Cx<'_>, more: usize) -> Result<(), Fault> {
        // SAFETY: the core is this thread's; the borrow ends with the statement.
        let fits = unsafe { (*cx.core()).memory.roots.stack.has_room(more.saturating_add(ROOM)) };
        match fits {
            true => Ok(()),
            false => Err(Fault::Api(E_LIMIT, "too many locals: close scopes".into())),
        }
    }

    /// Makes the fault the pending error, unless there is one, and gives its status.
    pub(crate) fn fail(&self, cx: &mut Cx<'_>, fault: Fault) -> Status {
        let (status, raised) = match fault {
            Fault::Sticky => {
                if let Some(pending) = self.pending.get() {
                    return pending.status;
                }
                let message = "an argument is TPN_ERR, or no name, although no error is pending";
                (E_ARG, raise::raise(cx, class_of(E_ARG), message))
            }
            Fault::Raised(_) if self.poisoned.get() => return E_PANIC,
            Fault::Raised(raised) => (E_EXC, raised),
            Fault::Api(status, message) => (status, raise::raise(cx, class_of(status), message)),
        };
        cx.scoped(|cx| {
            let _: raise::Raised = raised;
            let exception = raise::take(cx);
            if let Some(before) = self.pending.get() {
                return before.status;
            }
            let no_memory = exception.get(cx).is(root(cx, Root::MemoryError));
            let status = match status {
                _ if no_memory => E_NOMEM,
                E_EXC => status_of(cx, exception.get(cx)),
                other => other,
            };
            let exception = if no_memory { None } else { cx.own(exception.get(cx)).ok() };
            self.pending.set(Some(Pending { status, exception }));
            status
        })
    }

    /// Takes the pending error out as a handle.
    pub(crate) fn take_pending<'t>(&self, cx: &Cx<'t>) -> Option<Handle<'t>> {
        let pending = self.pending.take()?;
        let Some(owned) = pending.exception else { return Some(cx.root(root(cx, Root::MemoryError))) };
        let exception = match cx.owned(owned) {
            Some(exception) => cx.root(exception),
            None => cx.root(root(cx, Root::MemoryError)),
        };
        cx.disown(owned);
        Some(exception)
    }

    /// Releases the values of the stack from `base` on.
    pub(crate) fn pop_to(&self, cx: &mut Cx<'_>, base: usize) {
        // SAFETY: the core is this thread's, and the slots from `base` on belong to scopes of C that end here; each owns a count where
        // counts are kept.
        unsafe {
            let core = cx.core();
            let top = (*core).memory.roots.stack.top();
            if (*core).counted {
                for at in (base..top).rev() {
                    let slot = (*core).memory.roots.stack.slot(at);
                    let value = std::ptr::replace(slot, taipan_gc::Value::HOLE);
                    taipan_gc::refs::release(core, value);
                }
            }
            (*core).memory.roots.stack.set_top(base.min(top));
        }
    }
}

/// The status of a script's exception.
fn status_of(cx: &Cx<'_>, exception: Local<'_>) -> Status {
    if class::is_instance(cx, exception, classes::FUEL_EXHAUSTED) {
        E_FUEL
    } else if class::is_instance(cx, exception, classes::KEYBOARD_INTERRUPT) {
        E_INTERRUPT
    } else if class::of(cx, exception).is(classes::local(cx, classes::MEMORY_ERROR)) {
        E_NOMEM
    } else {
        E_EXC
    }
}

/// The class of the exception that a wrong call raises.
fn class_of(status: Status) -> ClassId {
    match status {
        E_TYPE => classes::TYPE_ERROR,
        E_RANGE => classes::OVERFLOW_ERROR,
        E_NOMEM | E_LIMIT => classes::MEMORY_ERROR,
        E_ARG => classes::VALUE_ERROR,
        E_UNSUPP => classes::NOT_IMPLEMENTED_ERROR,
        _ => classes::SYSTEM_ERROR,
    }
}
