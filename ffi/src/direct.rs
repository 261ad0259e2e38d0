//! The short ways between C and scripts: what most calls come to, in either direction.
//!
//! From C, a Python function whose parameters are all given by position: it and its arguments are laid on the value stack, where its frame begins. From a
//! script, a function of the host: its arguments become locals where they lie, in the caller's registers. Everything else takes the ways of
//! [`calls`](crate::calls) and [`native`](crate::native), which also say what is wrong.

use crate::abi::*;
use crate::context::Context;
use crate::fail::Fault;
use crate::native::{self, FunctionData};
use crate::values;
use taipan::object::layout::{Function, Native};
use taipan::object::raise::Raised;
use taipan::object::{call, shapes};
use taipan_gc::{refs, Cx, Handle, Local, Value};

/// So many arguments of a function of the host take no memory of their own.
pub(crate) const FEW: usize = 8;

impl Context {
    /// Calls a Python function. `None`: nothing has happened.
    #[inline(always)]
    pub(crate) fn call_directly(&self, cx: &mut Cx<'_>, callee: Val, arguments: &[Val]) -> Option<Val> {
        let base = self.stack().top();
        if !self.scopes.has_quick_room(base) || self.room(cx, arguments.len()).is_err() {
            return None;
        }
        let callee = self.quick_object(callee)?;
        // SAFETY: a reference on the stack is valid.
        if unsafe { (*callee).shape() } != shapes::FUNCTION {
            return None;
        }
        // SAFETY: the bits of a reference.
        self.lay(base, unsafe { Value::from_bits(callee as u64) });
        for (n, &argument) in arguments.iter().enumerate() {
            let Some(value) = self.quick_argument(argument) else {
                self.stack().set_top(base + 1 + n);
                self.quick_pop(base);
                return None;
            };
            self.lay(base + 1 + n, value);
        }
        self.stack().set_top(base + 1 + arguments.len());
        // SAFETY: the function lies there, and nothing has run since it was seen to be one.
        let function: Handle<'_, Function> = unsafe { Handle::from_index(cx, base) };
        let result = call::call_function(cx, function, arguments.len());
        self.quick_pop(base);
        Some(match result {
            Ok(value) => self.given(cx, value),
            Err(raised) => {
                self.fail(cx, Fault::Raised(raised));
                Val::ERR
            }
        })
    }

    /// Puts a value of the heap in a slot above the top of the stack, for which there is room.
    #[inline(always)]
    fn lay(&self, at: usize, value: Value) {
        // SAFETY: the slot is one of the stack's, and holds nothing; the value is valid.
        unsafe {
            self.adopt(value);
            *self.stack().slot(at) = value;
        }
    }

    /// A value that is owned, for C; there is room for a local at the top of the stack.
    #[inline(always)]
    fn given(&self, cx: &mut Cx<'_>, value: Value) -> Val {
        // SAFETY: a result is valid, and nothing has run since.
        match values::immediate(cx, Some(unsafe { Local::from_value(value) })) {
            None => self.quick_local_owned(value).unwrap_or(Val::ERR),
            Some(immediate) => {
                if value.is_ref() && self.counted() {
                    // SAFETY: the count of a big int that is handed over as its number.
                    unsafe { refs::release(self.core, value) };
                }
                immediate
            }
        }
    }

    /// What a function of the host has given, if that is a value at hand and nothing is wrong.
    #[inline(always)]
    fn taken(&self, result: Val) -> Option<Value> {
        if self.pending.get().is_some() || self.left.get() || self.poisoned.get() {
            return None;
        }
        let value = self.quick_argument(result)?;
        // SAFETY: a local that is in use still, or no object.
        unsafe { self.adopt(value) };
        Some(value)
    }
}

/// Calls a function of the host on its arguments where they lie: see [`PlacedFn`](taipan::object::native::PlacedFn).
pub(crate) fn call_placed(cx: &mut Cx<'_>, function: usize, count: usize) -> Result<Option<Value>, Raised> {
    // SAFETY: by contract a native of ours lies there; it stays, and keeps its data.
    let native: Handle<'_, Native> = unsafe { Handle::from_index(cx, function) };
    // SAFETY: as above.
    let data = unsafe { &*(native.get(cx).data.get() as *const FunctionData) };
    // SAFETY: the context outlives the heap.
    let ctx = unsafe { &*data.context };
    let first = function + 1;
    let is_ready = ctx.ready.get() != Context::NOBODY && ctx.pending.get().is_none();
    let fits = data.placed.0 <= count && count <= data.placed.1 && ctx.scopes.has_quick_room(first + count);
    if !is_ready || !fits || ctx.room(cx, 0).is_err() {
        return Ok(None);
    }
    let depth = ctx.scopes.depth();
    if ctx.scopes.open_quickly(first, true).is_none() {
        return Ok(None);
    }
    let mut values = [Val::ABSENT; FEW];
    for (n, given) in values[..count].iter_mut().enumerate() {
        // SAFETY: an argument, which is valid, and nothing runs meanwhile.
        let value = unsafe { Local::from_value(*ctx.stack().slot(first + n)) };
        *given = match values::immediate(cx, Some(value)) {
            Some(immediate) => immediate,
            None => ctx.scopes.add_quickly(first + n),
        };
    }
    let result = native::hand_over(ctx, cx, (data, &data.callee), &values[..count]);
    let value = match ctx.taken(result) {
        Some(value) => Ok(value),
        None => native::take_back(ctx, cx, data, result).map(|result| {
            let value = result.get(cx).value();
            // SAFETY: what a handle holds is valid.
            unsafe { ctx.adopt(value) };
            value
        }),
    };
    ctx.scopes.close_upon(depth);
    ctx.quick_pop(first);
    value.map(Some)
}
