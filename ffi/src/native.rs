//! Functions of the host that scripts call.
//!
//! A function object of the runtime whose owner is a cell of ours that owns the host's data and frees it when the function dies.

use crate::abi::*;
use crate::context::Context;
use crate::direct::{call_placed, FEW};
use crate::errors::tpn_raise_std;
use crate::fail::{fault, Fault};
use crate::host::new_cell;
use crate::params;
use crate::sized::read_sized;
use crate::text::c_text;
use crate::values;
use std::ffi::c_void;
use taipan::object::layout::Native;
use taipan::object::native::{Args, NativeDef};
use taipan::object::raise::{raise_object, type_error, Raised};
use taipan::object::{classes, dict, none, raise};
use taipan_gc::{Cx, Handle, Shape, ShapeId};

/// What a function of the host is.
pub(crate) struct FunctionData {
    def: NativeDef,
    pub(crate) callee: Callee,
    /// Of a getter: what sets the attribute.
    setter: Option<Callee>,
    name: Box<str>,
    /// What the description borrows.
    _signature: Box<str>,
    /// Whether arguments are bound to names; else they are only counted.
    is_bound: bool,
    /// Those that must be given by name.
    required: Vec<(usize, Box<str>)>,
    min: usize,
    max: Option<usize>,
    is_method: bool,
    /// How many arguments by position, the receiver among them, take no binding: from the first number to the second.
    pub(crate) placed: (usize, usize),
    pub(crate) context: *const Context,
}

/// A function of the host and its data.
#[derive(Clone, Copy)]
pub(crate) struct Callee {
    func: unsafe extern "C" fn(*mut Context, *mut c_void, Val, i32, *const Val) -> Val,
    ud: *mut c_void,
    ud_free: UdFreeFn,
}

impl Callee {
    /// That of a spec. It does not own its data yet.
    fn of(spec: &FnSpec) -> Result<Callee, Fault> {
        match spec.func {
            Some(func) => Ok(Callee { func, ud: spec.ud, ud_free: None }),
            None => fault(E_ARG, "NULL for a function"),
        }
    }

    fn free(&self) {
        if let Some(free) = self.ud_free {
            // SAFETY: the host gave this function for this data, which nobody uses any more.
            unsafe { free(self.ud) };
        }
    }
}

/// A function that has been made, until all is made that belongs together: a module, a type. Then it [takes](Self::take) its `ud`; else that stays the
/// caller's, and the function, should a script find it among the garbage, only fails.
pub(crate) struct Made {
    data: *mut FunctionData,
    ud_free: UdFreeFn,
    setter_free: UdFreeFn,
}

impl Made {
    /// The function owns its `ud` from now on. Whoever calls this has a handle of the function still, or of what keeps it.
    pub(crate) fn take(self) {
        // SAFETY: the function is alive, and keeps its data, which nobody else uses now.
        let data = unsafe { &mut *self.data };
        data.callee.ud_free = self.ud_free;
        if let Some(setter) = &mut data.setter {
            setter.ud_free = self.setter_free;
        }
        std::mem::forget(self);
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        // SAFETY: as above: it is dropped in the scope in which the function was rooted, or its module or type.
        let data = unsafe { &mut *self.data };
        data.callee.func = not_made;
        if let Some(setter) = &mut data.setter {
            setter.func = not_made;
        }
    }
}

unsafe extern "C" fn not_made(ctx: *mut Context, _: *mut c_void, _: Val, _: i32, _: *const Val) -> Val {
    // SAFETY: the texts end with a NUL.
    unsafe {
        tpn_raise_std(
            ctx,
            c"RuntimeError".as_ptr(),
            c"the module or type of this function was not made".as_ptr(),
        )
    }
}

/// A spec out of an array of them.
///
/// # Safety
/// `specs` are more than `at`, each as big as the first says.
pub(crate) unsafe fn read_spec(specs: *const FnSpec, at: usize) -> Result<FnSpec, Fault> {
    // SAFETY: by contract.
    unsafe { read_sized(specs, at, FIRST_SIZE, "a function's spec") }
}

/// Bytes of a spec in the first version.
const FIRST_SIZE: usize = std::mem::offset_of!(FnSpec, params);

/// The signature of a function, and whether its arguments are bound to names.
fn signature_of(spec: &FnSpec) -> Result<(Box<str>, bool), Fault> {
    let is_method = spec.flags != FN_PLAIN;
    if spec.params.is_null() {
        return Ok((if is_method { "self, /, *args" } else { "*args" }.into(), false));
    }
    if matches!(spec.flags, FN_GETTER | FN_SETTER) || spec.min_args != 0 || spec.max_args != 0 {
        return fault(
            E_ARG,
            "a function with params has no min_args and max_args, and is no getter or setter",
        );
    }
    // SAFETY: they are text, NUL-terminated.
    let params = unsafe { c_text(spec.params, STRLEN) }?;
    Ok((params::signature(params, is_method)?.into(), true))
}

/// Makes a function object; its name too. A getter may have a setter.
pub(crate) fn new<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    spec: &FnSpec,
    setter: Option<&FnSpec>,
) -> Result<(String, Handle<'t, Native>, Made), Fault> {
    // SAFETY: the name is text, NUL-terminated.
    let name = unsafe { c_text(spec.name, STRLEN) }?;
    let callee = Callee::of(spec)?;
    let set = setter.map(Callee::of).transpose()?;
    let (Ok(min), max) = (usize::try_from(spec.min_args), usize::try_from(spec.max_args).ok()) else {
        return fault(E_ARG, "min_args is negative");
    };
    if max.is_some_and(|max| max < min) || spec.flags > FN_SETTER {
        return fault(E_ARG, "max_args is less than min_args, or an unknown flag is set");
    }
    let text: Box<str> = name.into();
    let (signature, is_bound) = signature_of(spec)?;
    let required = params::required(&signature);
    // SAFETY: the texts live as long as the data that holds all three, which lives as long as the function object.
    let (static_name, static_signature): (&'static str, &'static str) =
        unsafe { (&*std::ptr::from_ref::<str>(&text), &*std::ptr::from_ref::<str>(&signature)) };
    let def = match spec.flags {
        FN_GETTER if set.is_some() => NativeDef::getter(static_name, call_host).with_setter(set_by_host),
        FN_GETTER => NativeDef::getter(static_name, call_host),
        _ => NativeDef::new(static_name, call_host, static_signature),
    };
    // A method not by the name of its first parameter.
    let def = NativeDef { is_method: spec.flags != FN_PLAIN, placed: Some(call_placed), ..def };
    let placed = placed(&def, is_bound, (min, max));
    let data = Box::into_raw(Box::new(FunctionData {
        def,
        callee,
        setter: set,
        name: text,
        _signature: signature,
        is_bound,
        required,
        min,
        max,
        is_method: spec.flags != FN_PLAIN,
        placed,
        context: ctx,
    }));
    let owner = match owner_shape(ctx, cx) {
        // SAFETY: the shape is that of such cells.
        Some(shape) => unsafe { new_cell(cx, shape, data.cast()) },
        None => fault(E_LIMIT, "too many shapes"),
    };
    let owner = owner.inspect_err(|_| {
        // SAFETY: made above, and no cell took it.
        drop(unsafe { Box::from_raw(data) });
    })?;
    // SAFETY: the owner keeps the data, and the function object keeps the owner.
    let def: &'static NativeDef = unsafe { &(*data).def };
    let function = taipan::object::native::new(cx, def, Some(owner))?;
    function.get(cx).data.set(data as usize);
    Ok((
        name.to_owned(),
        function,
        Made { data, ud_free: spec.ud_free, setter_free: setter.and_then(|s| s.ud_free) },
    ))
}

/// See [`FunctionData::placed`].
fn placed(def: &NativeDef, is_bound: bool, (min, max): (usize, Option<usize>)) -> (usize, usize) {
    let receiver = usize::from(def.is_method);
    match is_bound {
        false => (min + receiver, max.map_or(FEW, |max| (max + receiver).min(FEW))),
        true if def.rest || def.keywords || def.named != def.positional => (1, 0),
        true => (def.named.into(), usize::from(def.named).min(FEW)),
    }
}

fn owner_shape(ctx: &Context, cx: &Cx<'_>) -> Option<ShapeId> {
    if ctx.native_shape.get() == ShapeId::FREE {
        let class = classes::local(cx, classes::OBJECT).value();
        let shape = Shape { drop: Some(drop_function), class, ..Shape::fixed("host function", 16, 0) };
        // SAFETY: the core is this thread's; the shape owns a count of its class where counts are kept.
        unsafe {
            let core = cx.core();
            ctx.native_shape.set((*core).memory.shapes.add(shape)?);
            if (*core).counted {
                taipan_gc::refs::retain(class);
            }
        }
    }
    Some(ctx.native_shape.get())
}

unsafe fn drop_function(payload: *mut u8) {
    // SAFETY: the heap calls this once for each such cell, whose word is null or a box of ours.
    unsafe {
        let data = std::ptr::replace(payload.cast::<*mut FunctionData>(), std::ptr::null_mut());
        if !data.is_null() {
            let data = Box::from_raw(data);
            data.callee.free();
            data.setter.iter().for_each(Callee::free);
        }
    }
}

/// The body of every function of the host.
fn call_host<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let data = args.callee().get(cx).data.get() as *const FunctionData;
    // SAFETY: the callee is on the stack and keeps its owner, which keeps the data.
    let data = unsafe { &*data };
    let given = args.rest_len();
    if !data.is_bound && (given < data.min || data.max.is_some_and(|max| given > max)) {
        return Err(type_error(cx, wrong_count(data, given)));
    }
    if let Some((_, missing)) = data.required.iter().find(|(at, _)| args.get(cx, *at).is_none()) {
        let message = format!("{}() missing required keyword-only argument: '{missing}'", data.name);
        return Err(type_error(cx, message));
    }
    in_scope(cx, data, &data.callee, args)
}

/// The body of every setter of the host.
fn set_by_host<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let data = args.callee().get(cx).data.get() as *const FunctionData;
    // SAFETY: as in `call_host`.
    let data = unsafe { &*data };
    match &data.setter {
        Some(setter) => in_scope(cx, data, setter, args),
        None => Ok(none(cx)),
    }
}

/// Calls the host in a scope of its own.
fn in_scope<'s>(
    cx: &mut Cx<'s>,
    data: &FunctionData,
    callee: &Callee,
    args: &Args<'s>,
) -> Result<Handle<'s>, Raised> {
    // SAFETY: the context outlives the heap.
    let ctx = unsafe { &*data.context };
    if !ctx.attached.get() || ctx.poisoned.get() {
        return Err(raise::raise(cx, classes::RUNTIME_ERROR, "the host has left this heap"));
    }
    cx.scoped_keep(|cx| {
        let depth = ctx.scopes.depth();
        let result = run(ctx, cx, data, callee, args);
        ctx.scopes.truncate(depth);
        result
    })
}

fn wrong_count(data: &FunctionData, given: usize) -> String {
    let name = &data.name;
    let s = |n: usize| if n == 1 { "" } else { "s" };
    match data.max {
        Some(0) => format!("{name}() takes no arguments ({given} given)"),
        Some(max) if max == data.min => {
            format!("{name}() takes exactly {max} argument{} ({given} given)", s(max))
        }
        Some(max) if given > max => {
            format!("{name}() takes at most {max} argument{} ({given} given)", s(max))
        }
        _ => format!("{name}() takes at least {} argument{} ({given} given)", data.min, s(data.min)),
    }
}

fn run<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    data: &FunctionData,
    callee: &Callee,
    args: &Args<'_>,
) -> Result<Handle<'t>, Raised> {
    let too_deep = "maximum recursion depth exceeded while calling a host function";
    let named = args.named_len();
    if ctx.room(cx, args.rest_len() + named).is_err() {
        return Err(raise::raise(cx, classes::RECURSION_ERROR, too_deep));
    }
    // Before the scope: its locals are all that it holds.
    let keywords = match (data.def.keywords, args.keywords()) {
        (false, _) => None,
        (true, Some(keywords)) => Some(keywords.any()),
        (true, None) => Some(dict::new(cx)?.any()),
    };
    let count = named + usize::from(data.def.keywords) + args.rest_len();
    if ctx.open_scope(cx, true).is_none() {
        return Err(raise::raise(cx, classes::RECURSION_ERROR, too_deep));
    }
    let (mut few, mut many) = ([Val::ABSENT; FEW], Vec::new());
    let values = match count {
        0..=FEW => &mut few[..count],
        _ => {
            many.resize(count, Val::ABSENT);
            &mut many[..]
        }
    };
    let rest = count - args.rest_len();
    for (n, value) in values.iter_mut().enumerate() {
        let handle = match n {
            _ if n < named => args.get(cx, n),
            _ if n < rest => keywords,
            _ => Some(args.rest(cx, n - rest)),
        };
        let local = handle.map(|handle| handle.get(cx));
        *value = match (values::immediate(cx, local), local) {
            (Some(immediate), _) => immediate,
            (None, local) => {
                let place = local.map_or_else(|| cx.root_empty().index(), |local| cx.root(local).index());
                let local = ctx.scopes.add_local(place);
                local.map_err(|_| raise::raise(cx, classes::RECURSION_ERROR, too_deep))?
            }
        };
    }
    // An error that is pending now is that of a host whose call collects: the script that runs is a finalizer's, and not concerned.
    let before = ctx.pending.take();
    let result = hand_over(ctx, cx, (data, callee), values);
    let result = take_back(ctx, cx, data, result);
    ctx.pending.set(before);
    result
}

/// Calls the host.
#[inline(always)]
pub(crate) fn hand_over(
    ctx: &Context,
    cx: &mut Cx<'_>,
    (data, callee): (&FunctionData, &Callee),
    values: &[Val],
) -> Val {
    let (receiver, arguments) = match values {
        [receiver, arguments @ ..] if data.is_method => (*receiver, arguments),
        _ => (Val::ABSENT, values),
    };
    cx.leave(|| {
        // SAFETY: the host gave this function to be called so. It does not unwind.
        unsafe {
            let context = std::ptr::from_ref(ctx).cast_mut();
            (callee.func)(context, callee.ud, receiver, arguments.len() as i32, arguments.as_ptr())
        }
    })
}

/// What the host has given, in a scope of the heap, or raised.
pub(crate) fn take_back<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    data: &FunctionData,
    result: Val,
) -> Result<Handle<'t>, Raised> {
    if !ctx.come_back() {
        return finish(ctx, cx, (&data.name, "()"), result);
    }
    ctx.take_pending(cx);
    let message = format!("{}() returned after tpn_leave, without tpn_enter", data.name);
    Err(raise::raise(cx, classes::SYSTEM_ERROR, message))
}

/// What a function of the host, called by this name (of two parts), has given or raised.
pub(crate) fn finish<'t>(
    ctx: &Context,
    cx: &mut Cx<'t>,
    (name, end): (&str, &str),
    result: Val,
) -> Result<Handle<'t>, Raised> {
    if ctx.poisoned.get() {
        return Err(raise::raise(cx, classes::SYSTEM_ERROR, "an internal error; the heap is poisoned"));
    }
    if let Some(exception) = ctx.take_pending(cx) {
        return Err(raise_object(cx, exception));
    }
    ctx.resolve(cx, result).map_err(|fault| {
        let message = match fault {
            Fault::Raised(raised) => return raised,
            Fault::Sticky => format!("{name}{end} returned TPN_ERR without raising an error"),
            Fault::Api(_, message) => format!("{name}{end} returned {message}"),
        };
        raise::raise(cx, classes::SYSTEM_ERROR, message)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_func(ctx: *mut Context, spec: *const FnSpec) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        // SAFETY: C passes NULL or a spec.
        let spec = unsafe { read_spec(spec, 0) }?;
        if spec.flags != FN_PLAIN {
            return fault(E_ARG, "methods, getters and setters belong to a type");
        }
        let (_, function, made) = new(ctx, cx, &spec, None)?;
        made.take();
        Ok(function.any())
    })
}
