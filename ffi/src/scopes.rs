//! Scopes of C: opening, closing, escaping. A local is good as long as its scope is open, which its serial number tells.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use taipan_gc::{Cx, Owned};

/// An open scope: the locals from `base` up to `end` on the value stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope {
    pub(crate) base: usize,
    pub(crate) end: usize,
    pub(crate) serial: u32,
    /// Opened by the library: for attaching or for a native. C can't close it.
    pub(crate) fixed: bool,
}

/// The open scopes, innermost last.
#[derive(Debug)]
pub(crate) struct Scopes {
    open: Vec<Scope>,
    last: u32,
    limit: usize,
}

/// Most scopes inside each other.
const MAX_SCOPES: usize = 1 << 16;

impl Scopes {
    /// No scope; serial numbers start behind `seed`, and at most `limit` locals are in use at once.
    pub(crate) fn new(seed: u32, limit: usize) -> Scopes {
        Scopes { open: Vec::new(), last: seed, limit }
    }

    pub(crate) fn open(&mut self, base: usize, fixed: bool) -> Option<ScopeId> {
        if self.open.len() >= MAX_SCOPES || self.open.try_reserve(1).is_err() {
            return None;
        }
        self.last = self.last.wrapping_add(1).max(1);
        self.open.push(Scope { base, end: base, serial: self.last, fixed });
        Some(ScopeId { mark: self.open.len() as u32, serial: self.last })
    }

    /// Takes the scope off if it is the innermost one and C's own.
    fn close(&mut self, id: ScopeId) -> Result<Scope, Status> {
        let at = self.open.iter().rposition(|s| s.serial == id.serial).ok_or(E_HANDLE)?;
        if at + 1 != id.mark as usize {
            return Err(E_HANDLE);
        }
        if at + 1 != self.open.len() || self.open[at].fixed {
            return Err(E_STATE);
        }
        self.open.pop().ok_or(E_HANDLE)
    }

    /// Takes off everything down to `depth` scopes.
    pub(crate) fn truncate(&mut self, depth: usize) {
        self.open.truncate(depth);
    }

    pub(crate) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Base of the innermost scope that the library opened for C (the outermost one).
    pub(crate) fn first_base(&self) -> Option<usize> {
        self.open.first().map(|s| s.base)
    }

    /// Whether locals may lie in all places below this one.
    pub(crate) fn fits(&self, end: usize) -> bool {
        end <= self.limit && Val::local(0, end.saturating_sub(1), 0).is_some()
    }

    /// Makes the slot at `place`, the top of the stack, a local of the innermost scope.
    pub(crate) fn add_local(&mut self, tag: u32, place: usize) -> Result<Val, Fault> {
        let Some(scope) = self.open.last_mut() else { return fault(E_STATE, "no scope is open") };
        let value = Val::local(tag, place, scope.serial).filter(|_| place < self.limit);
        let Some(value) = value else { return fault(E_LIMIT, "too many locals: close scopes") };
        scope.end = place + 1;
        Ok(value)
    }

    /// Whether the local is one of an open scope.
    pub(crate) fn holds(&self, serial: u32, place: usize) -> bool {
        let scope = self.open.iter().rev().find(|s| s.serial == serial);
        scope.is_some_and(|s| (s.base..s.end).contains(&place))
    }

    /// How many scopes the library opened.
    pub(crate) fn fixed(&self) -> usize {
        self.open.iter().filter(|s| s.fixed).count()
    }

    /// Locals in use.
    pub(crate) fn locals(&self) -> usize {
        self.open.iter().map(|s| s.end - s.base).sum()
    }
}

impl Context {
    /// Opens a scope at the top of the stack.
    pub(crate) fn open_scope(&self, cx: &Cx<'_>, fixed: bool) -> Option<ScopeId> {
        // SAFETY: the core is this thread's; the borrow ends with the statement.
        let base = unsafe { (*cx.core()).memory.roots.stack.top() };
        self.scopes.borrow_mut().open(base, fixed)
    }

    fn close_scope(&self, cx: &mut Cx<'_>, id: ScopeId) -> Result<(), Status> {
        let scope = self.scopes.borrow_mut().close(id)?;
        self.pop_to(cx, scope.base);
        Ok(())
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_scope_open(ctx: *mut Context) -> ScopeId {
    let none = ScopeId { mark: 0, serial: 0 };
    let opened = Context::enter(ctx, |ctx, cx| match ctx.open_scope(cx, false) {
        Some(id) => id,
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
    let result = Context::enter(ctx, |ctx, cx| match escape(ctx, cx, scope, value) {
        Ok(value) => value,
        Err(fault) => {
            ctx.fail(cx, fault);
            Val::ERR
        }
    });
    result.unwrap_or(Val::ERR)
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
