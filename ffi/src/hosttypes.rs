//! Host types: registering them, making objects, reaching payloads and their slots.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::host::{self, host_shape, TypeData};
use crate::native::{self, read_spec, Made};
use crate::text::c_text;
use std::alloc::Layout;
use std::ffi::c_void;
use taipan::object::classes::{self, KIND_FINAL};
use taipan::object::layout::Class;
use taipan::object::native::{Args, NativeDef};
use taipan::object::raise::{type_error, Raised};
use taipan::object::{class, define, dict, names, str};
use taipan_gc::{refs, Cx, Handle, Header, Local, Value};

/// Most bytes of a payload.
const MAX_PAYLOAD: u32 = 1 << 30;
/// Most host types of a heap.
const MAX_TYPES: usize = 1 << 20;

static NEW: NativeDef = NativeDef::new_static("__new__", refuse_new, "cls, /, *args, **kwargs");

fn refuse_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let first = args.at(cx, 0);
    let name = class::of_handle(cx, first).map(|c| class::name(cx, c.get(cx))).unwrap_or_default();
    Err(type_error(cx, format!("cannot create '{name}' instances")))
}

/// The number of a type among those of the heap with this tag.
#[inline(always)]
pub(crate) fn type_index(tag: u32, id: TypeId) -> Option<usize> {
    (id.id != 0 && id.id >> 20 == tag).then_some((id.id & (MAX_TYPES as u32 - 1)) as usize)
}

impl Context {
    pub(crate) fn host_type(&self, id: TypeId) -> Result<&TypeData, Fault> {
        if id.id == 0 {
            return fault(E_ARG, "no type");
        }
        if id.id >> 20 != self.tag {
            return fault(E_HEAP, "a type of another heap");
        }
        let index = (id.id & (MAX_TYPES as u32 - 1)) as usize;
        match self.types().get(index) {
            Some(kind) => Ok(kind),
            None => fault(E_HANDLE, "an unknown type"),
        }
    }
}

/// The layout that a spec asks for, and its slots.
fn layout_of(spec: &TypeSpec) -> Result<(Layout, Vec<u32>), Fault> {
    let align = spec.payload_align as usize;
    if spec.payload_size > MAX_PAYLOAD || !align.is_power_of_two() || align > 4096 {
        return fault(
            E_ARG,
            "a payload has at most 2^30 bytes and an alignment that is a power of two up to 4096",
        );
    }
    if spec.n_slots > 0 && spec.slots.is_null() || spec.n_slots > spec.payload_size / 8 {
        return fault(E_ARG, "the slots do not fit the payload");
    }
    let mut slots: Vec<u32> = Vec::new();
    for at in 0..spec.n_slots as usize {
        // SAFETY: by the header, `slots` are that many.
        slots.push(unsafe { *spec.slots.add(at) });
    }
    slots.sort_unstable();
    let outside = |&offset: &u32| offset % 8 != 0 || offset > spec.payload_size.saturating_sub(8);
    if slots.iter().any(outside) || slots.windows(2).any(|pair| pair[0] == pair[1]) {
        return fault(E_ARG, "a slot is not aligned, outside the payload or declared twice");
    }
    let align = if slots.is_empty() { align } else { align.max(8) };
    match Layout::from_size_align(spec.payload_size.max(1) as usize, align) {
        Ok(layout) => Ok((layout, slots)),
        Err(_) => fault(E_ARG, "no such layout"),
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_type_new(ctx: *mut Context, spec: *const TypeSpec, out: *mut TypeId) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        if spec.is_null() || out.is_null() {
            return fault(E_ARG, "NULL for a spec or a result");
        }
        // SAFETY: C passes a spec, whose size comes first.
        if unsafe { (*spec).size as usize } < size_of::<TypeSpec>() {
            return fault(E_ARG, "the spec is too small");
        }
        // SAFETY: it is that big.
        let spec = unsafe { *spec };
        if spec.flags != 0 {
            return fault(E_ARG, "an unknown flag is set");
        }
        // SAFETY: the name is text, NUL-terminated.
        let name = unsafe { c_text(spec.name, STRLEN) }?;
        let (layout, slots) = layout_of(&spec)?;
        let mut all_made = Vec::new();
        let class = new_class(ctx, cx, name, &spec, &mut all_made)?;
        let (payload, finalized) = (layout.size().next_multiple_of(8), spec.finalize.is_some());
        let (place, cell) = host::place_of(layout, &slots, finalized, cx.facts().moves);
        let index = ctx.types.borrow().len();
        if index >= MAX_TYPES {
            return fault(E_LIMIT, "too many types");
        }
        let value = class.get(cx).value();
        // SAFETY: the core is this thread's; the shape owns a count of its class where counts are kept.
        let shape = unsafe {
            let core = cx.core();
            let shape = (*core).memory.shapes.add(host_shape(value, place, cell, &slots, finalized));
            if shape.is_some() && (*core).counted {
                refs::retain(value);
            }
            shape
        };
        let Some(shape) = shape else { return fault(E_LIMIT, "too many shapes") };
        if !ctx.types.borrow_mut().reserve(shape) {
            return fault(E_LIMIT, "too many types");
        }
        let near = slots.iter().filter(|&&slot| slot < 512).fold(0, |bits, slot| bits | 1 << (slot / 8));
        ctx.types.borrow_mut().add(Box::new(TypeData {
            shape,
            place,
            cell,
            payload,
            slots,
            near,
            finalize: spec.finalize,
            ud: spec.ud,
            context: ctx,
            counters: ctx.counters.clone(),
        }));
        all_made.into_iter().for_each(Made::take);
        // SAFETY: C's variable.
        unsafe { *out = TypeId { id: ctx.tag << 20 | index as u32 } };
        Ok(())
    })
}

/// The class that scripts see.
fn new_class<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    name: &str,
    spec: &TypeSpec,
    all_made: &mut Vec<Made>,
) -> Result<Handle<'t, Class>, Fault> {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = dict::new(cx)?;
    let module = str::new(cx, module)?.any();
    let key = names::intern(cx, "__module__")?;
    let key = names::handle(cx, key);
    dict::set_name(cx, namespace, key, module)?;
    let refuse = taipan::object::native::new(cx, &NEW, None)?.any();
    let key = names::handle(cx, names::NEW);
    dict::set_name(cx, namespace, key, refuse)?;
    if spec.n_fns > 0 && spec.fns.is_null() {
        return fault(E_ARG, "NULL for the functions");
    }
    for at in 0..spec.n_fns as usize {
        // SAFETY: by the header, `fns` are that many.
        let function = unsafe { read_spec(spec.fns, at) }?;
        if function.flags == FN_PLAIN {
            return fault(E_ARG, "functions of a type are methods or getters");
        }
        let (name, function, made) = native::new(ctx, cx, &function)?;
        all_made.push(made);
        let key = names::intern(cx, &name)?;
        let key = names::handle(cx, key);
        dict::set_name(cx, namespace, key, function.any())?;
    }
    let name = str::new(cx, short)?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, name, &[], namespace, None)?;
    // Subclasses in Python would have no payload.
    class.get(cx).kind.set(KIND_FINAL);
    Ok(class)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_type_val(ctx: *mut Context, id: TypeId) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let kind = ctx.host_type(id)?;
        // SAFETY: the core is this thread's; a shape keeps its class alive.
        unsafe {
            let class = (*cx.core()).memory.shapes.get(kind.shape).class;
            Ok(Context::root_value(cx, class))
        }
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_new(ctx: *mut Context, id: TypeId, payload: *mut *mut c_void) -> Val {
    // SAFETY: as the header says.
    if let Some(object) = unsafe { Context::quick_new(ctx, id, payload) } {
        return object;
    }
    // SAFETY: as the header says.
    unsafe { new_slow(ctx, id, payload) }
}

#[cold]
#[inline(never)]
unsafe fn new_slow(ctx: *mut Context, id: TypeId, payload: *mut *mut c_void) -> Val {
    let mut made = std::ptr::null_mut();
    let object = Context::value(ctx, false, |ctx, cx| {
        let kind = ctx.host_type(id)?;
        let (object, address) = host::new_object(cx, kind)?;
        made = address;
        Ok(object)
    });
    if object != Val::ERR && !payload.is_null() {
        // SAFETY: C's variable.
        unsafe { *payload = made.cast() };
    }
    object
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_payload(ctx: *mut Context, object: Val, id: TypeId) -> *mut c_void {
    if let Some(payload) = Context::quick_payload(ctx, object, id) {
        return payload.cast();
    }
    payload_slow(ctx, object, id)
}

#[cold]
#[inline(never)]
fn payload_slow(ctx: *mut Context, object: Val, id: TypeId) -> *mut c_void {
    let mut found = std::ptr::null_mut();
    let status = Context::status(ctx, false, |ctx, cx| {
        let kind = ctx.host_type(id)?;
        let object = ctx.resolve(cx, object)?;
        found = payload_of(cx, object, kind)?;
        Ok(())
    });
    if status == OK {
        found.cast()
    } else {
        std::ptr::null_mut()
    }
}

fn payload_of(cx: &Cx<'_>, object: Handle<'_>, kind: &TypeData) -> Result<*mut u8, Fault> {
    match host::payload(object.get(cx), kind) {
        Some(payload) => Ok(payload),
        None => fault(
            E_TYPE,
            format!("a '{}' object is not of this host type", class::type_name(cx, object.get(cx))),
        ),
    }
}

/// The holder's header, after checking that the slot is one of its own.
fn check_slot(ctx: &Context, holder: Local<'_>, slot: *const HostSlot) -> Result<*mut Header, Fault> {
    let types = ctx.types.borrow();
    let kind = holder.shape().and_then(|shape| types.of_shape(shape));
    let Some((kind, payload)) = kind.and_then(|k| Some((k, host::payload(holder, k)?))) else {
        return fault(E_TYPE, "the owner of a slot is not a host object");
    };
    let known = kind.has_slot((slot as usize).wrapping_sub(payload as usize));
    match known {
        true => Ok(holder.value().bits() as *mut Header),
        false => fault(E_ARG, "not a declared slot of this object"),
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_slot_get(ctx: *mut Context, owner: Val, slot: *const HostSlot) -> Val {
    if let Some(value) = Context::quick_slot_get(ctx, owner, slot) {
        return value;
    }
    slot_get_slow(ctx, owner, slot)
}

#[cold]
#[inline(never)]
fn slot_get_slow(ctx: *mut Context, owner: Val, slot: *const HostSlot) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let owner = ctx.resolve(cx, owner)?;
        check_slot(ctx, owner.get(cx), slot)?;
        // SAFETY: a declared slot of a live object holds a value that is valid.
        unsafe {
            let value = *slot.cast::<Value>();
            Ok(Context::root_value(cx, value))
        }
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_slot_set(ctx: *mut Context, owner: Val, slot: *mut HostSlot, value: Val) -> Status {
    if Context::quick_slot_set(ctx, owner, slot, value).is_some() {
        return OK;
    }
    slot_set_slow(ctx, owner, slot, value)
}

#[cold]
#[inline(never)]
fn slot_set_slow(ctx: *mut Context, owner: Val, slot: *mut HostSlot, value: Val) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let owner = ctx.resolve(cx, owner)?;
        let value = if value == Val::ABSENT { None } else { Some(ctx.resolve(cx, value)?) };
        let holder = check_slot(ctx, owner.get(cx), slot)?;
        let word = value.map_or(Value::HOLE, |value| value.get(cx).value());
        // SAFETY: a declared slot of the live holder; both are of this heap.
        unsafe { refs::put(cx.core(), holder, slot.cast::<Value>(), word) };
        Ok(())
    })
}
