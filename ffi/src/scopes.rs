//! Scopes of C: opening, closing, escaping. A local is good as long as its scope is open, which its serial number tells.
//!
//! What is known of the innermost scope lies open beside the list of all, since nearly every call makes or reads one of its locals.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::values::{common_bits, local_bits, place_of, PLACES};
use std::cell::{Cell, UnsafeCell};
use std::ops::Range;
use taipan_gc::hint::as_written;
use taipan_gc::{Cx, Owned};

/// An open scope: the locals from `base` up to `end` on the value stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) base: usize,
    /// Of the innermost scope: as it was before an inner one was opened in it.
    pub(crate) end: usize,
    pub(crate) serial: u32,
    /// Opened by the library: for attaching or for a native. C can't close it.
    pub(crate) fixed: bool,
}

/// The open scopes, innermost last, and which places hold locals.
#[derive(Debug)]
pub(crate) struct Scopes {
    open: UnsafeCell<Vec<Scope>>,
    /// For each place up to the highest so far that was a local's: the bits of the local that it is, or [`UNUSED`].
    locals: UnsafeCell<Vec<u64>>,
    // Of the innermost scope: where its locals begin and end, and the bits of one in place 0; without one 0.
    base: Cell<usize>,
    end: Cell<usize>,
    inner: Cell<u64>,
    last: Cell<u32>,
    common: u64,
    limit: usize,
}

/// Most scopes inside each other.
const MAX_SCOPES: usize = 1 << 16;
/// The table of places grows by so many at least.
const MORE_PLACES: usize = 1 << 8;
/// So many locals are forgotten one by one.
pub(crate) const FEW_PLACES: usize = 8;
/// No local: that of the last place of all, which there is not.
const UNUSED: u64 = u64::MAX;

impl Scopes {
    /// No scope, in the heap with this tag; serial numbers start behind `seed`, and at most `limit` locals are in use at once.
    pub(crate) fn new(seed: u32, tag: u32, limit: usize) -> Scopes {
        Scopes {
            open: UnsafeCell::default(),
            locals: UnsafeCell::default(),
            base: Cell::new(0),
            end: Cell::new(0),
            inner: Cell::new(0),
            last: Cell::new(seed),
            common: common_bits(tag),
            limit: limit.min(PLACES - 1),
        }
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn table(&self) -> &mut Vec<u64> {
        // SAFETY: one thread uses it, and no borrow lasts longer than the function here that makes it.
        unsafe { &mut *self.locals.get() }
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn list(&self) -> &mut Vec<Scope> {
        // SAFETY: as above.
        unsafe { &mut *self.open.get() }
    }

    pub(crate) fn open(&self, base: usize, fixed: bool) -> Option<ScopeId> {
        let open = self.list();
        if open.len() == open.capacity() && !grow(open) {
            return None;
        }
        self.open_quickly(base, fixed)
    }

    /// As [`open`](Self::open), if there is room in the list.
    #[inline(always)]
    pub(crate) fn open_quickly(&self, base: usize, fixed: bool) -> Option<ScopeId> {
        let open = self.list();
        if open.len() == open.capacity() {
            return None;
        }
        if let Some(outer) = open.last_mut() {
            outer.end = self.end.get();
        }
        let serial = self.last.get().wrapping_add(1).max(1);
        self.last.set(serial);
        let mark = open.len();
        // SAFETY: there is room; pushing would ask again.
        unsafe {
            open.as_mut_ptr().add(mark).write(Scope { base, end: base, serial, fixed });
            open.set_len(mark + 1);
        }
        self.base.set(base);
        self.end.set(base);
        self.inner.set(local_bits(self.common, 0, serial));
        Some(ScopeId { mark: mark as u32 + 1, serial })
    }

    /// Makes a scope the innermost one.
    #[inline(always)]
    fn resume(&self, scope: Option<&Scope>) {
        let (base, end, inner) =
            scope.map_or((0, 0, 0), |s| (s.base, s.end, local_bits(self.common, 0, s.serial)));
        self.base.set(base);
        self.end.set(end);
        self.inner.set(inner);
    }

    /// Ends the locals of some places.
    pub(crate) fn forget(&self, ended: Range<usize>) {
        if let Some(places) = self.table().get_mut(ended) {
            places.fill(UNUSED);
        }
    }

    /// As [`forget`](Self::forget), for a few: where filling many would take longest to begin.
    #[inline(always)]
    pub(crate) fn forget_few(&self, ended: Range<usize>) {
        if let Some(places) = self.table().get_mut(ended) {
            for place in places {
                as_written();
                *place = UNUSED;
            }
        }
    }

    /// Takes the scope off if it is the innermost one and C's own. Its locals are to be [forgotten](Self::forget).
    #[inline(always)]
    pub(crate) fn take_off(&self, id: ScopeId) -> Option<Range<usize>> {
        let open = self.list();
        let last = open.last()?;
        if last.serial != id.serial || open.len() != id.mark as usize || last.fixed {
            return None;
        }
        let ended = last.base..self.end.get();
        open.pop();
        self.resume(open.last());
        Some(ended)
    }

    /// Closes the scope if it is the innermost one and C's own; where its locals begin.
    fn close(&self, id: ScopeId) -> Result<usize, Status> {
        let Some(ended) = self.take_off(id) else { return Err(refusal(self.list(), id)) };
        let base = ended.start;
        self.forget(ended);
        Ok(base)
    }

    /// Takes off the innermost scope, which was opened on `depth` others, and whatever the host has left open in it.
    #[inline(always)]
    pub(crate) fn close_upon(&self, depth: usize) {
        let open = self.list();
        let few = self.base.get()..self.end.get();
        if open.len() != depth + 1 || few.len() > FEW_PLACES {
            return self.truncate(depth);
        }
        self.forget_few(few);
        open.pop();
        self.resume(open.last());
    }

    /// Takes off everything down to `depth` scopes.
    #[inline(never)]
    pub(crate) fn truncate(&self, depth: usize) {
        let open = self.list();
        while open.len() > depth {
            self.forget(self.base.get()..self.end.get());
            open.pop();
            self.resume(open.last());
        }
    }

    pub(crate) fn depth(&self) -> usize {
        self.list().len()
    }

    /// Base of the innermost scope that the library opened for C (the outermost one).
    pub(crate) fn first_base(&self) -> Option<usize> {
        self.list().first().map(|s| s.base)
    }

    /// Where the locals of the innermost scope begin.
    #[inline(always)]
    pub(crate) fn inner_base(&self) -> usize {
        self.base.get()
    }

    /// Whether locals may lie in all places below this one.
    pub(crate) fn fits(&self, end: usize) -> bool {
        end <= self.limit
    }

    /// Makes the slot at `place`, the top of the stack, a local of the innermost scope.
    pub(crate) fn add_local(&self, place: usize) -> Result<Val, Fault> {
        if self.inner.get() == 0 {
            return fault(E_STATE, "no scope is open");
        }
        let table = self.table();
        if place >= table.len() {
            let more = (place + 1 - table.len()).max(MORE_PLACES);
            if place >= self.limit || table.try_reserve(more).is_err() {
                return fault(E_LIMIT, "too many locals: close scopes");
            }
            table.resize((table.len() + more).min(self.limit), UNUSED);
        }
        Ok(self.add_quickly(place))
    }

    /// As [`add_local`](Self::add_local), for a place that the table has.
    #[inline(always)]
    pub(crate) fn add_quickly(&self, place: usize) -> Val {
        let bits = self.inner.get() | (place as u64) << 2;
        if let Some(at) = self.table().get_mut(place) {
            *at = bits;
        }
        self.end.set(place + 1);
        Val { bits }
    }

    /// Whether a slot at `place` can be a local without further questions: one so high was a local before. A scope is open
    /// whenever C may call.
    #[inline(always)]
    pub(crate) fn has_quick_room(&self, place: usize) -> bool {
        place < self.table().len()
    }

    /// The place of a local of an open scope.
    #[inline(always)]
    pub(crate) fn place(&self, local: Val) -> Option<usize> {
        let place = place_of(local);
        (*self.table().get(place)? == local.bits).then_some(place)
    }

    /// The scopes that C has opened, outermost first, with how many locals each has.
    pub(crate) fn of_host(&self) -> Vec<(ScopeId, usize)> {
        let open = self.list();
        let ends = open.iter().rev().skip(1).rev().map(|s| s.end).chain([self.end.get()]);
        let all = open.iter().zip(ends).enumerate().filter(|(_, (scope, _))| !scope.fixed);
        let told = |(at, (scope, end)): (usize, (&Scope, usize))| {
            (ScopeId { mark: at as u32 + 1, serial: scope.serial }, end - scope.base)
        };
        all.map(told).collect()
    }

    /// How many scopes the library opened.
    pub(crate) fn fixed(&self) -> usize {
        self.list().iter().filter(|s| s.fixed).count()
    }

    /// Locals in use.
    pub(crate) fn locals(&self) -> usize {
        let open = self.list();
        let outer = open.iter().rev().skip(1).map(|s| s.end - s.base).sum::<usize>();
        outer + self.end.get() - self.base.get()
    }
}

/// Makes room for one more scope; whether there is.
#[cold]
#[inline(never)]
fn grow(open: &mut Vec<Scope>) -> bool {
    // Never more than so many: the capacity is bounded, and a full list asks here.
    let more = (MAX_SCOPES - open.len()).min(open.len().max(16));
    more > 0 && open.try_reserve_exact(more).is_ok()
}

/// Why a scope can't be closed.
#[cold]
#[inline(never)]
fn refusal(open: &[Scope], id: ScopeId) -> Status {
    match open.iter().rposition(|s| s.serial == id.serial) {
        Some(at) if at + 1 == id.mark as usize => E_STATE,
        _ => E_HANDLE,
    }
}

impl Context {
    /// Opens a scope at the top of the stack.
    pub(crate) fn open_scope(&self, cx: &Cx<'_>, fixed: bool) -> Option<ScopeId> {
        // SAFETY: the core is this thread's; the borrow ends with the statement.
        let base = unsafe { (*cx.core()).memory.roots.stack.top() };
        self.scopes.open(base, fixed)
    }

    fn close_scope(&self, cx: &mut Cx<'_>, id: ScopeId) -> Result<(), Status> {
        let base = self.scopes.close(id)?;
        self.pop_to(cx, base);
        Ok(())
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_scope_open(ctx: *mut Context) -> ScopeId {
    if let Some(opened) = Context::quick_open(ctx) {
        return opened;
    }
    open_slow(ctx)
}

#[cold]
#[inline(never)]
pub(crate) fn open_slow(ctx: *mut Context) -> ScopeId {
    let none = ScopeId { mark: 0, serial: 0 };
    let opened = Context::enter(ctx, |ctx, cx| match ctx.open_scope(cx, false) {
        Some(id) => {
            ctx.note_scope(cx, id);
            id
        }
        None => {
            ctx.fail(cx, Fault::Api(E_LIMIT, "too many scopes inside each other".into()));
            none
        }
    });
    opened.unwrap_or(none)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_scope_close(ctx: *mut Context, scope: ScopeId) -> Status {
    if let Some(status) = Context::quick_close(ctx, scope) {
        return status;
    }
    close_slow(ctx, scope)
}

#[cold]
#[inline(never)]
fn close_slow(ctx: *mut Context, scope: ScopeId) -> Status {
    let closed = Context::enter(ctx, |ctx, cx| {
        ctx.close_scope(cx, scope)?;
        cx.poll();
        Ok(OK)
    });
    closed.unwrap_or_else(Err).unwrap_or_else(|status| status)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_scope_escape(ctx: *mut Context, scope: ScopeId, value: Val) -> Val {
    if let Some(value) = Context::quick_escape(ctx, scope, value) {
        return value;
    }
    escape_slow(ctx, scope, value)
}

#[cold]
#[inline(never)]
fn escape_slow(ctx: *mut Context, scope: ScopeId, value: Val) -> Val {
    let result = Context::enter(ctx, |ctx, cx| match escape(ctx, cx, scope, value) {
        Ok(value) => value,
        Err(fault) => {
            ctx.fail(cx, fault);
            Val::ERR
        }
    });
    result.unwrap_or(Val::ERR)
}

/// What a call that may collect does at its end.
#[cold]
#[inline(never)]
pub(crate) fn poll(ctx: *const Context) -> Status {
    match Context::enter(ctx, |_, cx| cx.poll()) {
        Ok(()) => OK,
        Err(status) => status,
    }
}

fn escape(ctx: &Context, cx: &mut Cx<'_>, scope: ScopeId, value: Val) -> Result<Val, Fault> {
    let kept = cx.scoped(|cx| {
        let value = ctx.resolve(cx, value)?;
        Ok::<Owned, Fault>(cx.own(value.get(cx))?)
    });
    if let Err(status) = ctx.close_scope(cx, scope) {
        kept.map(|owned| cx.disown(owned))?;
        return fault(status, "not the innermost scope");
    }
    let owned = kept?;
    let value = ctx.value_within(cx, |_, cx| match cx.owned(owned) {
        Some(value) => Ok(cx.root(value)),
        None => fault(E_HANDLE, "the value is gone"),
    });
    cx.disown(owned);
    cx.poll();
    value
}
