//! Host types: registering them, making objects, reaching payloads and their slots.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::host::{self, host_shape, Place, Tracer, TypeData};
use crate::native::{self, read_spec, Made};
use crate::sized::read_sized;
use crate::text::c_text;
use std::alloc::Layout;
use std::ffi::c_void;
use taipan::object::layout::{Class, Native};
use taipan::object::native::{Args, NativeDef};
use taipan::object::raise::{type_error, Raised};
use taipan::object::{class, classes, define, dict, embedded, names, str};
use taipan_gc::{refs, Cx, Handle, Header, Local, Value};

/// Most bytes of a payload.
const MAX_PAYLOAD: u32 = 1 << 30;
/// Most slots of a tail: as many bytes.
const MAX_TAIL: u32 = MAX_PAYLOAD / 8;
/// Most host types of a heap.
const MAX_TYPES: usize = (1 << 20) - 1;

static NEW: NativeDef = NativeDef::new_static("__new__", new_by_script, "cls, /, *args, **kwargs");

/// `__new__` of a type whose objects scripts make. Its data word is the type's address.
fn new_by_script<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let data = args.callee().get(cx).data.get() as *const TypeData;
    // SAFETY: the word is zero until the type is registered, and then its address; the context keeps types until the heap is gone.
    let Some(kind) = (unsafe { data.as_ref() }) else { return (embedded::REFUSE.func)(cx, args) };
    // SAFETY: the context outlives what runs in its heap.
    let ctx = unsafe { &*kind.context };
    let own = ctx.class_of(cx, kind);
    let class = class::new_target_of(cx, args, own)?;
    // Without an `__init__`, nobody would take them.
    let init = class::lookup(cx, class.get(cx), names::INIT);
    let given = args.rest_len() > 0 || args.keywords().is_some_and(|k| dict::len(k.get(cx)) > 0);
    if given && init.is_none_or(|init| class::is_of_object(cx, init)) {
        let name = class::name(cx, class.get(cx));
        return Err(type_error(cx, format!("{name}() takes no arguments")));
    }
    let made = match class.get(cx).is(own.get(cx)) {
        true => host::new_object(cx, kind, 0).map(|(object, _)| object),
        false => host::new_derived(cx, kind, class),
    };
    made.map_err(|fault| match fault {
        Fault::Raised(raised) => raised,
        _ => taipan_gc::HeapFull { requested: kind.payload }.into(),
    })
}

/// The number of a type among those of the heap with this tag. Its id has one more, so that none is 0: a tag may be.
#[inline(always)]
pub(crate) fn type_index(tag: u32, id: TypeId) -> Option<usize> {
    let index = (id.id & MAX_TYPES as u32).checked_sub(1)?;
    (id.id >> 20 == tag).then_some(index as usize)
}

impl Context {
    /// The class of a host type.
    fn class_of<'t>(&self, cx: &Cx<'t>, kind: &TypeData) -> Handle<'t, Class> {
        // SAFETY: the core is this thread's; a shape keeps its class alive.
        unsafe {
            let class = (*cx.core()).memory.shapes.get(kind.shape).class;
            cx.root(Local::from_value(class))
        }
    }

    pub(crate) fn host_type(&self, id: TypeId) -> Result<&TypeData, Fault> {
        match self.quick_type(id) {
            Some(kind) => Ok(kind),
            None if id.id == 0 => fault(E_ARG, "no type"),
            None if id.id >> 20 != self.tag => fault(E_HEAP, "a type of another heap"),
            None => fault(E_HANDLE, "an unknown type"),
        }
    }
}

/// What a spec asks for, checked as far as it can be.
fn read_type(spec: *const TypeSpec) -> Result<TypeSpec, Fault> {
    // SAFETY: C passes NULL or a spec, whose size comes first; what the caller does not know of is zero.
    let spec: TypeSpec = unsafe { read_sized(spec, 0, FIRST_SIZE, "a type's spec") }?;
    let known = TYPE_NEW | TYPE_BASE | TYPE_TAIL;
    if spec.flags & !known != 0 {
        return fault(E_ARG, "an unknown flag is set");
    }
    if spec.flags & TYPE_BASE != 0 && spec.flags & TYPE_NEW == 0 {
        return fault(E_ARG, "TPN_TYPE_BASE goes with TPN_TYPE_NEW");
    }
    if spec.flags & TYPE_TAIL != 0 && spec.flags & TYPE_NEW != 0 {
        return fault(E_ARG, "scripts can't say how long a tail is: TPN_TYPE_TAIL without TPN_TYPE_NEW");
    }
    Ok(spec)
}

/// Bytes of a spec in the first version.
const FIRST_SIZE: usize = std::mem::offset_of!(TypeSpec, trace);

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
        if out.is_null() {
            return fault(E_ARG, "NULL for a result");
        }
        let spec = read_type(spec)?;
        // SAFETY: the name is text, NUL-terminated.
        let name = unsafe { c_text(spec.name, STRLEN) }?;
        let (layout, slots) = layout_of(&spec)?;
        let finalized = spec.finalize.is_some();
        let more = spec.flags & (TYPE_BASE | TYPE_TAIL) != 0 || spec.trace.is_some();
        let (place, cell) = host::place_of(layout, &slots, finalized, more || !cx.can_pin());
        let index = ctx.types.borrow().len();
        if index >= MAX_TYPES {
            return fault(E_LIMIT, "too many types");
        }
        let mut all_made = Vec::new();
        let (class, new) = new_class(ctx, cx, name, &spec, &mut all_made)?;
        let derivable = spec.flags & TYPE_BASE != 0;
        let shape = host_shape(place, cell, &slots, finalized);
        let Ok(shape) = embedded::embed(cx, class.get(cx), shape, derivable) else {
            return fault(E_LIMIT, "too many shapes");
        };
        if !ctx.types.borrow_mut().reserve(shape) {
            return fault(E_LIMIT, "too many types");
        }
        // SAFETY: a shared read of this thread's core.
        let class = unsafe { (*cx.core()).class_of(cell, matches!(place, Place::Inside(_))) };
        let near = slots.iter().filter(|&&slot| slot < 512).fold(0, |bits, slot| bits | 1 << (slot / 8));
        let kind = Box::new(TypeData {
            shape,
            place,
            cell,
            class,
            payload: layout.size().next_multiple_of(8),
            slots,
            near,
            has_tail: spec.flags & TYPE_TAIL != 0,
            trace: spec.trace,
            finalize: spec.finalize,
            ud: spec.ud,
            context: ctx,
            counters: ctx.counters.clone(),
        });
        if spec.flags & TYPE_NEW != 0 {
            new.get(cx).data.set(std::ptr::from_ref::<TypeData>(&kind) as usize);
        }
        ctx.types.borrow_mut().add(kind);
        all_made.into_iter().for_each(Made::take);
        // SAFETY: C's variable.
        unsafe { *out = TypeId { id: ctx.tag << 20 | (index as u32 + 1) } };
        Ok(())
    })
}

/// The class that scripts see, and its `__new__`.
fn new_class<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    name: &str,
    spec: &TypeSpec,
    all_made: &mut Vec<Made>,
) -> Result<(Handle<'t, Class>, Handle<'t, Native>), Fault> {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = dict::new(cx)?;
    let module = str::new(cx, module)?.any();
    let key = names::handle(cx, names::MODULE);
    dict::set_name(cx, namespace, key, module)?;
    let new = if spec.flags & TYPE_NEW != 0 { &NEW } else { &embedded::REFUSE };
    let new = taipan::object::native::new(cx, new, None)?;
    let key = names::handle(cx, names::NEW);
    dict::set_name(cx, namespace, key, new.any())?;
    for (function, setter) in functions_of(spec)? {
        let (name, function, made) = native::new(ctx, cx, &function, setter.as_ref())?;
        all_made.push(made);
        let key = names::intern(cx, &name)?;
        let key = names::handle(cx, key);
        dict::set_name(cx, namespace, key, function.any())?;
    }
    let name = str::new(cx, short)?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, name, &[], namespace, None)?;
    Ok((class, new))
}

/// The methods and getters of a type, these with the setters of their names.
fn functions_of(spec: &TypeSpec) -> Result<Vec<(FnSpec, Option<FnSpec>)>, Fault> {
    if spec.n_fns > 0 && spec.fns.is_null() {
        return fault(E_ARG, "NULL for the functions");
    }
    let mut found: Vec<(FnSpec, Option<FnSpec>)> = Vec::new();
    let mut setters = Vec::new();
    for at in 0..spec.n_fns as usize {
        // SAFETY: by the header, `fns` are that many.
        let function = unsafe { read_spec(spec.fns, at) }?;
        match function.flags {
            FN_PLAIN => return fault(E_ARG, "functions of a type are methods, getters or setters"),
            FN_SETTER => setters.push(function),
            _ => found.push((function, None)),
        }
    }
    for setter in setters {
        // SAFETY: names are text, NUL-terminated.
        let name = unsafe { c_text(setter.name, STRLEN) }?;
        let same = |function: &FnSpec| {
            // SAFETY: as above.
            function.flags == FN_GETTER && unsafe { c_text(function.name, STRLEN) }.is_ok_and(|n| n == name)
        };
        match found.iter_mut().find(|(function, _)| same(function)) {
            Some((_, place @ None)) => *place = Some(setter),
            Some(_) => return fault(E_ARG, format!("there are two setters for '{name}'")),
            None => return fault(E_ARG, format!("there is a setter but no getter for '{name}'")),
        }
    }
    Ok(found)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_type_val(ctx: *mut Context, id: TypeId) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let kind = ctx.host_type(id)?;
        Ok(ctx.class_of(cx, kind).any())
    })
}

/// A new object, its payload and where its tail begins.
#[cold]
#[inline(never)]
fn new(ctx: *mut Context, id: TypeId, tail: Option<u32>) -> (Val, Option<(*mut u8, *mut u8)>) {
    let mut made = None;
    let object = Context::value(ctx, false, |ctx, cx| {
        let kind = ctx.host_type(id)?;
        if kind.has_tail != tail.is_some() {
            let other = if kind.has_tail { "tpn_new_tail" } else { "tpn_new" };
            return fault(E_ARG, format!("objects of this type are made by {other}"));
        }
        let tail = tail.unwrap_or(0);
        if tail > MAX_TAIL {
            return fault(E_RANGE, "a tail has at most 2^27 slots");
        }
        let (object, payload) = host::new_object(cx, kind, tail)?;
        made = Some((payload, payload.wrapping_add(kind.payload)));
        Ok(object)
    });
    (object, made.filter(|_| object != Val::ERR))
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
    let (object, made) = new(ctx, id, None);
    if let (Some((made, _)), false) = (made, payload.is_null()) {
        // SAFETY: C's variable.
        unsafe { *payload = made.cast() };
    }
    object
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_new_tail(
    ctx: *mut Context,
    id: TypeId,
    n: u32,
    payload: *mut *mut c_void,
    tail: *mut *mut HostSlot,
) -> Val {
    let (object, made) = new(ctx, id, Some(n));
    if let Some((made, end)) = made {
        // SAFETY: C's variables.
        unsafe {
            if !payload.is_null() {
                *payload = made.cast();
            }
            if !tail.is_null() {
                *tail = end.cast();
            }
        }
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
        match host::payload(ctx, cx, object.get(cx)).filter(|(of, _)| std::ptr::eq(*of, kind)) {
            Some((_, payload)) => found = payload,
            None => {
                let name = class::type_name(cx, object.get(cx));
                return fault(E_TYPE, format!("a '{name}' object is not of this host type"));
            }
        }
        Ok(())
    });
    if status == OK {
        found.cast()
    } else {
        std::ptr::null_mut()
    }
}

/// The holder's header, after checking that the slot is one of its own.
fn check_slot(
    ctx: &Context,
    cx: &Cx<'_>,
    holder: Local<'_>,
    slot: *const HostSlot,
) -> Result<*mut Header, Fault> {
    let Some((kind, payload)) = host::payload(ctx, cx, holder) else {
        return fault(E_TYPE, "the owner of a slot is not a host object");
    };
    // SAFETY: a shared read of this thread's core.
    let searching = unsafe { (*cx.core()).memory.zeal.verify };
    match host::has_slot(kind, payload, slot, searching) {
        true => Ok(holder.value().bits() as *mut Header),
        false => fault(E_ARG, "not a slot of this object"),
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
        check_slot(ctx, cx, owner.get(cx), slot)?;
        // SAFETY: a slot of a live object holds a value that is valid.
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
        let holder = check_slot(ctx, cx, owner.get(cx), slot)?;
        let word = value.map_or(Value::HOLE, |value| value.get(cx).value());
        // SAFETY: a slot of the live holder; both are of this heap.
        unsafe { refs::put(cx.core(), holder, slot.cast::<Value>(), word) };
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_trace_slots(tracer: *mut Tracer<'_>, slots: *mut HostSlot, n: usize) -> Status {
    // SAFETY: C passes NULL or what its callback got, which is running.
    let Some(tracer) = (unsafe { tracer.as_mut() }) else { return E_ARG };
    if slots.is_null() && n > 0 || !slots.is_aligned() {
        return E_ARG;
    }
    for at in 0..n {
        // SAFETY: by the header, `slots` are that many.
        tracer.visitor.slot(unsafe { &mut *slots.add(at).cast::<Value>() });
    }
    OK
}
