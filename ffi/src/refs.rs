//! Owned and weak references of C: entries of a table of our own, so that no bits that C makes up reach a reference of the runtime's.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::values::TAG_BITS;
use crate::watch::{self, Watcher};
use taipan_gc::{Any, Cx, Handle, Local, Owned, Value, Weak};

const INDEX_BITS: u32 = 22;

/// What an entry is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum State {
    Free,
    Owned(Owned),
    Weak(Weak),
    /// Weak, and the watcher that calls the host.
    Watched(Weak, Owned<Watcher>),
    /// An immediate, which never dies, and is worth the same owned and weak.
    Immediate(Value),
}

#[derive(Debug)]
struct Entry {
    generation: u32,
    state: State,
}

/// The references that C holds.
#[derive(Debug, Default)]
pub(crate) struct RefTable {
    entries: Vec<Entry>,
    free: Vec<u32>,
}

impl RefTable {
    fn insert(&mut self, tag: u32, state: State) -> Option<Ref> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = self.entries.len();
                if index >= 1 << INDEX_BITS || self.entries.try_reserve(1).is_err() {
                    return None;
                }
                self.free.try_reserve(index + 1).ok()?;
                self.entries.push(Entry { generation: 1, state: State::Free });
                index as u32
            }
        };
        let entry = self.entries.get_mut(index as usize)?;
        entry.state = state;
        let bits = u64::from(entry.generation) << 32 | u64::from(tag) << INDEX_BITS | u64::from(index);
        Some(Ref { bits })
    }

    /// The state of a reference, if it is good.
    #[inline(always)]
    pub(crate) fn look(&self, tag: u32, reference: Ref) -> Option<State> {
        let entry = self.entries.get(reference.bits as usize & ((1 << INDEX_BITS) - 1))?;
        let bits = u64::from(entry.generation) << (32 - INDEX_BITS) | u64::from(tag);
        (entry.generation != 0 && reference.bits >> INDEX_BITS == bits).then_some(entry.state)
    }

    fn find(&mut self, tag: u32, reference: Ref) -> Result<&mut State, Status> {
        let index = reference.bits as usize & ((1 << INDEX_BITS) - 1);
        let generation = (reference.bits >> 32) as u32;
        if generation == 0 {
            return Err(E_HANDLE);
        }
        if (reference.bits >> INDEX_BITS) as u32 & ((1 << TAG_BITS) - 1) != tag {
            return Err(E_HEAP);
        }
        match self.entries.get_mut(index) {
            Some(entry) if entry.generation == generation && !matches!(entry.state, State::Free) => {
                Ok(&mut entry.state)
            }
            _ => Err(E_HANDLE),
        }
    }

    fn remove(&mut self, tag: u32, reference: Ref) -> Result<State, Status> {
        let state = std::mem::replace(self.find(tag, reference)?, State::Free);
        let index = reference.bits as usize & ((1 << INDEX_BITS) - 1);
        // After 2^32 uses an entry retires, so that no stale reference ever fits again.
        if let Some(next) = self.entries[index].generation.checked_add(1) {
            self.entries[index].generation = next;
            self.free.push(index as u32);
        }
        Ok(state)
    }

    /// How many owned and how many weak references there are.
    pub(crate) fn counts(&self) -> (u64, u64) {
        self.entries.iter().fold((0, 0), |(owned, weak), entry| match entry.state {
            State::Free => (owned, weak),
            State::Owned(_) | State::Immediate(_) => (owned + 1, weak),
            State::Weak(_) | State::Watched(..) => (owned, weak + 1),
        })
    }
}

impl Context {
    fn insert(&self, cx: &Cx<'_>, state: State) -> Result<Ref, Fault> {
        let inserted = self.references.borrow_mut().insert(self.tag, state);
        match inserted {
            Some(reference) => {
                if let State::Watched(_, watcher) = state {
                    watch::name(cx, watcher, reference);
                }
                Ok(reference)
            }
            None => {
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
        match references.remove(self.tag, reference) {
            Ok(State::Owned(owned)) => {
                self.releases.post(|| owned.ticket());
                OK
            }
            Ok(State::Watched(_, watcher)) => {
                self.releases.post(|| watcher.ticket());
                OK
            }
            Ok(_) => OK,
            Err(status) => status,
        }
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
        State::Free => None,
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
        State::Free | State::Weak(_) | State::Immediate(_) => {}
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
        let state = ctx.references.borrow_mut().find(ctx.tag, reference).copied();
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
        let before = *ctx.references.borrow_mut().find(ctx.tag, reference)?;
        let value = target(cx, before).ok_or(E_HANDLE)?;
        let after = make(cx, value.get(cx)).map_err(|_| E_NOMEM)?;
        *ctx.references.borrow_mut().find(ctx.tag, reference)? = after;
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
    let state = ctx.references.borrow_mut().remove(ctx.tag, reference)?;
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
