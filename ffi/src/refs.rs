//! Owned and weak references of C: entries of a table of our own, so that no bits that C makes up reach a reference of the runtime's.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::table::Table;
use crate::watch::{self, Watcher};
use taipan_gc::{Any, Cx, Handle, Local, Owned, Value, Weak};

/// What a reference is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    Owned(Owned),
    Weak(Weak),
    /// Weak, and the watcher that calls the host.
    Watched(Weak, Owned<Watcher>),
    /// An immediate, which never dies, and is worth the same owned and weak.
    Immediate(Value),
}

/// The references that C holds.
pub(crate) type RefTable = Table<State>;

impl RefTable {
    /// How many owned and how many weak references there are.
    pub(crate) fn counts(&self) -> (u64, u64) {
        self.iter().fold((0, 0), |(owned, weak), state| match state {
            State::Owned(_) | State::Immediate(_) => (owned + 1, weak),
            State::Weak(_) | State::Watched(..) => (owned, weak + 1),
        })
    }
}

impl Context {
    fn insert(&self, cx: &Cx<'_>, state: State) -> Result<Ref, Fault> {
        let inserted = self.references.borrow_mut().insert(self.tag, self.serial.get(), state);
        match inserted {
            Ok(bits) => {
                self.has_made(cx);
                let reference = Ref { bits };
                if let State::Watched(_, watcher) = state {
                    watch::name(cx, watcher, reference);
                }
                Ok(reference)
            }
            Err(_) => {
                release(cx, state);
                fault(E_LIMIT, "too many references")
            }
        }
    }

    /// A reference to the value, in the state that `make` gives.
    pub(crate) fn new_ref(
        context: *const Context,
        value: Val,
        make: impl FnOnce(&Context, &Cx<'_>, Local<'_>) -> Result<State, Fault>,
    ) -> Ref {
        let none = Ref { bits: 0 };
        let made = Context::enter(context, |ctx, cx| {
            let made = cx.scoped(|cx| {
                let value = ctx.resolve(cx, value)?;
                let state = make(ctx, cx, value.get(cx))?;
                ctx.insert(cx, state)
            });
            made.unwrap_or_else(|fault| {
                ctx.fail(cx, fault);
                none
            })
        });
        made.unwrap_or(none)
    }

    /// Gives a reference up from a finalizer: it is released at the next poll.
    pub(crate) fn post_release(&self, reference: Ref) -> Status {
        let Ok(mut references) = self.references.try_borrow_mut() else { return E_STATE };
        self.has_ended(|| references.serial(self.tag, reference.bits));
        let state = match references.remove(self.tag, reference.bits) {
            Ok(state) => state,
            Err(status) => return status,
        };
        match state {
            State::Owned(owned) => {
                self.releases.post(|| owned.ticket());
            }
            State::Watched(_, watcher) => {
                self.releases.post(|| watcher.ticket());
            }
            State::Weak(_) | State::Immediate(_) => {}
        }
        OK
    }
}

fn owned_state(cx: &Cx<'_>, value: Local<'_>) -> Result<State, Fault> {
    if value.value().is_ref() {
        Ok(State::Owned(cx.own::<Any>(value)?))
    } else {
        Ok(State::Immediate(value.value()))
    }
}

fn weak_state(cx: &Cx<'_>, value: Local<'_>) -> Result<State, Fault> {
    Ok(match cx.downgrade::<Any>(value)? {
        Some(weak) => State::Weak(weak),
        None => State::Immediate(value.value()),
    })
}

fn target<'t>(cx: &Cx<'t>, state: State) -> Option<Handle<'t>> {
    match state {
        State::Owned(owned) => cx.owned(owned).map(|v| cx.root(v)),
        State::Weak(weak) | State::Watched(weak, _) => cx.upgrade(weak).map(|v| cx.root(v)),
        State::Immediate(value) => Local::immediate(value).map(|v| cx.root(v)),
    }
}

fn release(cx: &Cx<'_>, state: State) {
    match state {
        State::Owned(owned) => {
            cx.disown(owned);
        }
        State::Watched(_, watcher) => {
            cx.disown(watcher);
        }
        State::Weak(_) | State::Immediate(_) => {}
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_ref_new(ctx: *mut Context, value: Val) -> Ref {
    Context::new_ref(ctx, value, |_, cx, value| owned_state(cx, value))
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_weak_new(ctx: *mut Context, value: Val) -> Ref {
    Context::new_ref(ctx, value, |_, cx, value| weak_state(cx, value))
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_ref_get(ctx: *mut Context, reference: Ref) -> Val {
    if let Some(value) = Context::quick_ref_get(ctx, reference) {
        return value;
    }
    get_slow(ctx, reference)
}

#[cold]
#[inline(never)]
fn get_slow(ctx: *mut Context, reference: Ref) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let state = ctx.references.borrow_mut().find(ctx.tag, reference.bits).copied();
        match state {
            Ok(state) => match target(cx, state) {
                Some(value) => Ok(value),
                None => Ok(absent(cx)),
            },
            Err(status) => fault(status, "a reference that was given back, or is of another heap"),
        }
    })
}

/// "No value" as a handle; it becomes `TPN_ABSENT`.
pub(crate) fn absent<'t>(cx: &Cx<'t>) -> Handle<'t> {
    cx.root_empty()
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_ref_weaken(ctx: *mut Context, reference: Ref) -> Status {
    change(ctx, reference, weak_state)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_ref_strengthen(ctx: *mut Context, reference: Ref) -> Status {
    change(ctx, reference, owned_state)
}

fn change(
    ctx: *mut Context,
    reference: Ref,
    make: impl FnOnce(&Cx<'_>, Local<'_>) -> Result<State, Fault>,
) -> Status {
    let status = Context::quiet(ctx, |ctx, cx| {
        let before = *ctx.references.borrow_mut().find(ctx.tag, reference.bits)?;
        let value = target(cx, before).ok_or(E_HANDLE)?;
        let after = make(cx, value.get(cx)).map_err(|_| E_NOMEM)?;
        *ctx.references.borrow_mut().find(ctx.tag, reference.bits)? = after;
        release(cx, before);
        Ok(())
    });
    if status == OK {
        return Context::quiet(ctx, |_, cx| {
            cx.poll();
            Ok(())
        });
    }
    status
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_ref_free(ctx: *mut Context, reference: Ref) -> Status {
    Context::quiet(ctx, |ctx, cx| {
        free(ctx, cx, reference)?;
        cx.poll();
        Ok(())
    })
}

/// Gives a reference back; its object dies at the next poll, if it does.
pub(crate) fn free(ctx: &Context, cx: &mut Cx<'_>, reference: Ref) -> Result<(), Status> {
    ctx.has_ended(|| ctx.references.borrow().serial(ctx.tag, reference.bits));
    let state = ctx.references.borrow_mut().remove(ctx.tag, reference.bits)?;
    release(cx, state);
    Ok(())
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_fin_ref_free(fin: *mut Fin, reference: Ref) -> Status {
    // SAFETY: C passes NULL or what its finalizer got, while it runs.
    let context = unsafe { fin.as_ref().and_then(|fin| fin.context.as_ref()) };
    context.map_or(E_ARG, |context| context.post_release(reference))
}
