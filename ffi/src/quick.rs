//! The quick halves of calls that hosts make by the million: what most of them come to, in a few dozen instructions.
//!
//! A quick half runs no script code and none of the host's, doesn't collect, can't fail and can't panic; so it takes no part in the ceremony of
//! [`Context::enter`]. `None` leaves the call to its other half, as if nothing had happened: that one says what is wrong, finds memory, and does what is
//! rare. Handles are checked here as they are there.

use crate::abi::*;
use crate::context::Context;
use crate::host::{block_for, fill, Place, TypeData, Types};
use crate::hosttypes::type_index;
use crate::refs::State;
use crate::scopes::{poll, FEW_PLACES};
use crate::values::{kind_of, Kind};
use std::ffi::c_void;
use std::ops::Range;
use taipan::object::shapes::BIGINT;
use taipan_gc::roots::ValueStack;
use taipan_gc::sync::seat;
use taipan_gc::{refs, Core, Header, Value};

impl Context {
    /// The context, if this thread may use it now.
    #[inline(always)]
    fn quick<'a>(ctx: *const Context) -> Option<&'a Context> {
        // SAFETY: C passes NULL or a context that tpn_attach_heap gave and whose heap is not freed.
        let ctx = unsafe { ctx.as_ref() }?;
        (seat() == ctx.quick.get()).then_some(ctx)
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn stack(&self) -> &mut ValueStack {
        // SAFETY: the core is this thread's, which is outside of the heap; each borrow ends before anything else touches the stack.
        unsafe { &mut (*self.core).memory.roots.stack }
    }

    #[inline(always)]
    pub(crate) fn counted(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.core).counted }
    }

    /// Gives a value one count more, where counts are kept.
    ///
    /// # Safety
    /// It is a valid one of the heap.
    #[inline(always)]
    pub(crate) unsafe fn adopt(&self, value: Value) {
        if self.counted() {
            // SAFETY: by contract, and the heap counts.
            unsafe { refs::adopt(self.core, value) };
        }
    }

    /// What an argument is, unless it is wrong or has to be made first.
    #[inline(always)]
    pub(crate) fn quick_argument(&self, value: Val) -> Option<Value> {
        match kind_of(value) {
            Kind::Local => {
                let place = self.scopes.place(value)?;
                // SAFETY: the place of a local of an open scope is in use.
                Some(unsafe { *self.stack().slot(place) })
            }
            Kind::Int(int) => Value::int(int),
            Kind::Float(float) => Some(Value::float(float)),
            // SAFETY: these have the same bits on both sides.
            Kind::Other => matches!(value, Val::NONE | Val::FALSE | Val::TRUE)
                .then(|| unsafe { Value::from_bits(value.bits) }),
        }
    }

    /// The object that a local is.
    #[inline(always)]
    pub(crate) fn quick_object(&self, local: Val) -> Option<*mut Header> {
        let place = self.scopes.place(local)?;
        // SAFETY: the place of a local of an open scope is in use.
        let value = unsafe { *self.stack().slot(place) };
        value.is_ref().then(|| value.header())
    }

    /// The host types.
    #[inline(always)]
    pub(crate) fn types(&self) -> &Types {
        // SAFETY: they change in tpn_type_new alone, which looks at none meanwhile; each lies in a box of its own as long as the context.
        unsafe { &*self.types.as_ptr() }
    }

    /// Puts a value that owns a count, where counts are kept, on the stack, as a local.
    #[inline(always)]
    pub(crate) fn quick_local_owned(&self, value: Value) -> Option<Val> {
        let stack = self.stack();
        let place = stack.top();
        if !self.scopes.has_quick_room(place) {
            return None;
        }
        // SAFETY: there is room, so the slot is one of the stack's.
        unsafe { *stack.slot(place) = value };
        stack.set_top(place + 1);
        Some(self.scopes.add_quickly(place))
    }

    /// A float as a value.
    #[inline(always)]
    fn quick_number(&self, number: f64) -> Option<Val> {
        match Val::float(number) {
            Some(immediate) => Some(immediate),
            None => self.quick_local_owned(Value::float(number)),
        }
    }

    /// A result.
    ///
    /// # Safety
    /// The value is a valid one of the heap.
    #[inline(always)]
    unsafe fn quick_result(&self, value: Value) -> Option<Val> {
        if value.is_ref() {
            // SAFETY: by contract.
            if unsafe { (*value.header()).is_of(BIGINT) } || !self.scopes.has_quick_room(self.stack().top()) {
                return None;
            }
            return match self.counted() {
                // SAFETY: by contract; there is room, and the heap counts.
                true => Some(unsafe { self.counted_result(value) }),
                false => self.quick_local_owned(value),
            };
        }
        if let Some(int) = value.as_int() {
            return Some(Val::small(int));
        }
        if let Some(float) = value.as_float() {
            return self.quick_number(float);
        }
        // Nothing, None and bools have the same bits on both sides.
        Some(Val { bits: value.bits() })
    }

    /// As [`quick_result`](Self::quick_result), for an object of a heap that counts. By itself: what is called here would make its callers save registers
    /// under the other managers as well.
    ///
    /// # Safety
    /// As there, and there is room for a local.
    #[inline(never)]
    unsafe fn counted_result(&self, value: Value) -> Val {
        // SAFETY: by contract.
        unsafe { refs::adopt(self.core, value) };
        self.quick_local_owned(value).unwrap_or(Val::ERR)
    }

    /// Whether a poll would do something.
    #[inline(always)]
    fn owes_poll(&self) -> bool {
        // SAFETY: the core is this thread's.
        unsafe { (*self.core).owes_poll() }
    }

    /// Gives up the slots of the stack from `base` on.
    #[inline(always)]
    pub(crate) fn quick_pop(&self, base: usize) {
        let stack = self.stack();
        if self.counted() {
            for at in base..stack.top() {
                // SAFETY: slots in use own a count where counts are kept; those given up are holes.
                unsafe {
                    let value = std::ptr::replace(stack.slot(at), Value::HOLE);
                    refs::release(self.core, value);
                }
            }
        }
        stack.set_top(base);
    }

    /// Closes a scope.
    #[inline(always)]
    pub(crate) fn quick_close(ctx: *const Context, scope: ScopeId) -> Option<Status> {
        let ctx = Context::quick(ctx)?;
        let ended = ctx.scopes.take_off(scope)?;
        if ctx.is_more_than_moving_the_top(&ended) {
            return Some(ctx.end_locals(ended));
        }
        ctx.stack().set_top(ended.start);
        ctx.scopes.forget_few(ended);
        Some(OK)
    }

    /// Whether something is due when these locals end: few may be forgotten, nothing is released, no poll is owed.
    #[inline(always)]
    fn is_more_than_moving_the_top(&self, ended: &Range<usize>) -> bool {
        ended.len() > FEW_PLACES || self.counted() || self.owes_poll()
    }

    /// Ends locals that were the top of the stack. By itself, as [`counted_result`](Self::counted_result) is.
    #[inline(never)]
    fn end_locals(&self, ended: Range<usize>) -> Status {
        self.quick_pop(ended.start);
        self.scopes.forget(ended);
        match self.owes_poll() {
            true => poll(self),
            false => OK,
        }
    }

    /// Opens a scope.
    #[inline(always)]
    pub(crate) fn quick_open(ctx: *const Context) -> Option<ScopeId> {
        let ctx = Context::quick(ctx)?;
        ctx.scopes.open_quickly(ctx.stack().top(), false)
    }

    /// Closes a scope around a value, which is kept.
    #[inline(always)]
    pub(crate) fn quick_escape(ctx: *const Context, scope: ScopeId, value: Val) -> Option<Val> {
        let ctx = Context::quick(ctx)?;
        let kept = ctx.quick_argument(value)?;
        if !ctx.scopes.has_quick_room(ctx.scopes.inner_base()) {
            return None;
        }
        let ended = ctx.scopes.take_off(scope)?;
        if ctx.is_more_than_moving_the_top(&ended) {
            return Some(ctx.end_locals_but(ended, kept, value));
        }
        ctx.stack().set_top(ended.start);
        ctx.scopes.forget_few(ended);
        ctx.escaped(kept, value)
    }

    /// As [`end_locals`](Self::end_locals), but for one: it becomes a local of the scope outside.
    #[inline(never)]
    fn end_locals_but(&self, ended: Range<usize>, kept: Value, value: Val) -> Val {
        if matches!(kind_of(value), Kind::Local) {
            // SAFETY: the local is in use still.
            unsafe { self.adopt(kept) };
        }
        self.quick_pop(ended.start);
        self.scopes.forget(ended);
        // There is room, and a scope that C opens is inside another.
        let value = self.escaped(kept, value).unwrap_or(Val::ERR);
        match self.owes_poll() && poll(self) != OK {
            true => Val::ERR,
            false => value,
        }
    }

    /// What an escaping value is outside.
    #[inline(always)]
    fn escaped(&self, kept: Value, value: Val) -> Option<Val> {
        match kind_of(value) {
            Kind::Local => self.quick_local_owned(kept),
            _ => Some(value),
        }
    }

    /// A float.
    #[inline(always)]
    pub(crate) fn quick_float(ctx: *const Context, number: f64) -> Option<Val> {
        Context::quick(ctx)?.quick_number(number)
    }

    /// An int that is no object.
    #[inline(always)]
    pub(crate) fn quick_int(ctx: *const Context, number: i64) -> Option<Val> {
        Context::quick(ctx)?;
        Val::int(number)
    }

    /// A number as C knows it.
    #[inline(always)]
    pub(crate) fn quick_to_f64(ctx: *const Context, number: Val) -> Option<f64> {
        let ctx = Context::quick(ctx)?;
        match kind_of(number) {
            Kind::Int(int) => Some(int as f64),
            Kind::Float(float) => Some(float),
            Kind::Local => ctx.quick_argument(number)?.as_float(),
            Kind::Other => None,
        }
    }

    /// An int as C knows it.
    #[inline(always)]
    pub(crate) fn quick_to_i64(ctx: *const Context, number: Val) -> Option<i64> {
        Context::quick(ctx)?;
        match kind_of(number) {
            Kind::Int(int) => Some(int),
            _ => None,
        }
    }

    /// What a reference refers to.
    #[inline(always)]
    pub(crate) fn quick_ref_get(ctx: *const Context, reference: Ref) -> Option<Val> {
        let ctx = Context::quick(ctx)?;
        // SAFETY: nothing changes the table meanwhile.
        let references = unsafe { &*ctx.references.as_ptr() };
        let value = match *references.look(ctx.tag, reference.bits)? {
            // SAFETY: the core is this thread's.
            State::Owned(owned) => unsafe { (*ctx.core).memory.roots.owned.get(owned.ticket()) }?,
            State::Immediate(value) => value,
            _ => return None,
        };
        // SAFETY: the table keeps it alive.
        unsafe { ctx.quick_result(value) }
    }

    #[inline(always)]
    pub(crate) fn quick_type(&self, id: TypeId) -> Option<&TypeData> {
        self.types().get(type_index(self.tag, id)?)
    }

    /// The payload of an object of a type.
    #[inline(always)]
    pub(crate) fn quick_payload(ctx: *const Context, object: Val, id: TypeId) -> Option<*mut u8> {
        let ctx = Context::quick(ctx)?;
        let kind = ctx.quick_type(id)?;
        let object = ctx.quick_object(object)?;
        // SAFETY: a reference on the stack is valid; the shape says what it is.
        unsafe { (*object).is_of(kind.shape).then(|| kind.payload_of(object)) }
    }

    /// The object whose slot this is, one of the near ones.
    #[inline(always)]
    fn quick_holder(&self, owner: Val, slot: *const HostSlot) -> Option<*mut Header> {
        let object = self.quick_object(owner)?;
        // SAFETY: a reference on the stack is valid.
        unsafe {
            let kind = self.types().of_shape((*object).shape())?;
            kind.has_near_slot((slot as usize).wrapping_sub(kind.payload_of(object) as usize))
                .then_some(object)
        }
    }

    /// What a slot refers to.
    #[inline(always)]
    pub(crate) fn quick_slot_get(ctx: *const Context, owner: Val, slot: *const HostSlot) -> Option<Val> {
        let ctx = Context::quick(ctx)?;
        ctx.quick_holder(owner, slot)?;
        // SAFETY: a declared slot of a live object holds a value that is valid.
        unsafe { ctx.quick_result(*slot.cast::<Value>()) }
    }

    /// Stores into a slot.
    #[inline(always)]
    pub(crate) fn quick_slot_set(
        ctx: *const Context,
        owner: Val,
        slot: *mut HostSlot,
        value: Val,
    ) -> Option<()> {
        let ctx = Context::quick(ctx)?;
        let value = if value == Val::ABSENT { Value::HOLE } else { ctx.quick_argument(value)? };
        let holder = ctx.quick_holder(owner, slot)?;
        // SAFETY: a declared slot of the live holder; both are of this heap.
        unsafe {
            if !refs::put_quickly(ctx.core, holder, slot.cast::<Value>(), value) {
                put(ctx.core, holder, slot.cast::<Value>(), value);
            }
        }
        Some(())
    }

    /// A new object of a host type, if there is a cell at hand.
    ///
    /// # Safety
    /// `payload` is NULL or a variable of C.
    #[inline(always)]
    pub(crate) unsafe fn quick_new(
        ctx: *const Context,
        id: TypeId,
        payload: *mut *mut c_void,
    ) -> Option<Val> {
        let ctx = Context::quick(ctx)?;
        let kind = ctx.quick_type(id)?;
        if kind.has_tail || !ctx.scopes.has_quick_room(ctx.stack().top()) {
            return None;
        }
        let core: *mut Core = ctx.core;
        // SAFETY: the core is this thread's.
        if unsafe { (*core).counts_steps() } {
            return None;
        }
        // SAFETY: the core is this thread's. The cell is ours and of the type's size; it is made an object before anything else happens.
        unsafe {
            let outside = matches!(kind.place, Place::Outside(..));
            if outside && !(*core).memory.fits_strictly(kind.payload) {
                return None;
            }
            if !kind.is_plain() && (*core).reserve_lists().is_err() {
                return None;
            }
            let block = block_for(kind, &ctx.pool);
            if outside && block.is_null() {
                return None;
            }
            // One count, where counts are kept: that of the stack.
            let count = u32::from((*core).counted);
            let Some(cell) = (*core).alloc_here(kind.class, kind.shape, count) else {
                if let Place::Outside(_, layout) = kind.place {
                    ctx.pool.free(block, layout);
                }
                return None;
            };
            let made = fill(cell, kind, block);
            if !kind.is_plain() {
                (*core).register_reserved(cell);
            }
            if outside {
                (*core).charge_external(kind.payload);
            }
            if !payload.is_null() {
                *payload = made.cast();
            }
            ctx.quick_local_owned(Value::from_bits(cell as u64))
        }
    }
}

/// [`refs::put`], by itself as [`Context::counted_result`] is.
///
/// # Safety
/// As there.
#[inline(never)]
unsafe fn put(core: *mut Core, holder: *mut Header, slot: *mut Value, value: Value) {
    // SAFETY: by contract.
    unsafe { refs::put(core, holder, slot, value) };
}
