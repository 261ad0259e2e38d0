//! The object model: layouts, classes, attributes, tables, and the operations that every other room uses.
//!
//! Functions that may run Python code take `&mut Cx` and handles and return handles; those that only read take `&Cx` and
//! locals. Errors are [`Raised`]: the exception itself waits in a fixed root. This room never imports the VM: it calls back
//! through [`Hooks`].

pub mod attr;
pub mod buffer;
pub mod builtin_classes;
pub mod bytes;
pub mod call;
pub mod casts;
pub mod class;
pub mod classes;
pub mod compare;
pub mod define;
pub mod descriptor;
pub mod dict;
pub mod embedded;
pub mod finalizers;
pub mod frames;
pub mod generator;
pub mod heap_walk;
pub mod host;
pub mod insight;
pub mod instance;
pub mod int;
pub mod iter;
pub mod layout;
pub mod libm;
pub mod limits;
pub mod list;
pub mod names;
pub mod native;
pub mod number;
pub mod profile;
pub mod protocol;
pub mod raise;
pub mod range;
pub mod record;
pub mod set;
pub mod shapes;
pub mod special_attrs;
pub mod str;
pub mod subclasses;
pub mod subscript;
pub mod system;
pub mod table;
mod tail;
pub mod tasks;
pub mod tuple;
pub mod weakref;

use crate::object::raise::Raised;
use instance::ShapeInfo;
use names::Interner;
use std::cell::{Cell, RefCell};
use taipan_gc::sync::Arc;
use taipan_gc::{CollectKind, Cx, Handle, HeapFull, Local, ShapeId, Value};

/// Resumes a generator: see [`Hooks::resume`].
pub type Resume = for<'s> fn(
    &mut Cx<'s>,
    Handle<'s, layout::Generator>,
    Handle<'s>,
    bool,
) -> Result<Option<Handle<'s>>, Raised>;

/// What the object model needs of the VM above it.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Calls a Python function: the callee and its arguments are the top of the stack. The arguments are used up; the caller owns the result.
    pub call_function: fn(&mut Cx<'_>, call::Frame) -> Result<Value, Raised>,
    /// Resumes a generator with a value (or an exception, when `throw`). `None`: it returned, and its `inner` slot holds what.
    pub resume: Resume,
    /// Reports an exception that can't be raised anywhere (in `__del__`): the exception and what raised it.
    pub unraisable: for<'s> fn(&mut Cx<'s>, Handle<'s>, Handle<'s>),
    /// `str % arguments`.
    pub format_percent: for<'s> fn(&mut Cx<'s>, Handle<'s>, Handle<'s>) -> Result<Handle<'s>, Raised>,
    /// Makes a code object of a verified unit.
    pub load: for<'s> fn(&mut Cx<'s>, crate::bytecode::CodeUnit) -> Result<Handle<'s, layout::Code>, Raised>,
    /// Makes a builtin class that every heap knows, from memory that is set aside.
    pub make_class: for<'a> fn(&'a Cx<'_>, classes::ClassId) -> Local<'a, layout::Class>,
    /// Makes the attributes of a builtin class, from memory that is set aside.
    pub fill_class: fn(&Cx<'_>, Local<'_, layout::Class>),
    /// The innermost Python frame.
    pub caller: for<'s> fn(&Cx<'s>) -> Option<CallerInfo<'s>>,
    /// The function of the n-th Python frame, counted from the innermost.
    pub function_at: for<'s> fn(&Cx<'s>, usize) -> Option<Handle<'s, layout::Function>>,
}

/// What natives may know of the Python frame that called them.
#[derive(Clone, Copy, Debug)]
pub struct CallerInfo<'s> {
    /// The function that runs.
    pub function: Handle<'s, layout::Function>,
    /// Its code, which may be the function's no longer; it outlives the frame.
    pub code: *const layout::CodeData,
    /// Stack index of its first register.
    pub registers: usize,
    /// Word index of the instruction that is running.
    pub pc: usize,
}

impl CallerInfo<'_> {
    /// The unit that runs.
    pub fn unit<'a>(&self, cx: &'a Cx<'_>) -> &'a crate::bytecode::CodeUnit {
        let _ = cx;
        // SAFETY: the frame's function keeps its code, also when it gets another one; the frame stays while its native runs.
        unsafe { &(*self.code).unit }
    }
}

/// What programs find in `sys` when they begin.
#[derive(Clone, Default, Debug)]
pub struct Launch {
    /// `sys.argv`
    pub argv: Vec<String>,
    /// `sys.path`
    pub path: Vec<String>,
}

/// The language's side of a heap.
pub struct Runtime {
    /// The VM's entry points.
    pub hooks: Hooks,
    /// Interned strings.
    pub interner: RefCell<Interner>,
    /// Attributes of shapes made by classes; the n-th belongs to the n-th dynamic shape.
    pub shapes: RefCell<Vec<ShapeInfo>>,
    /// Changes when a class changes in a way that inline caches can see.
    pub class_epoch: Cell<u32>,
    /// The last `keys_version` given to a dict.
    pub keys_versions: Cell<u32>,
    /// Number of the next class that is no builtin one.
    pub next_class: Cell<u32>,
    /// Memory of class look-ups.
    pub lookups: Box<[class::Lookup]>,
    /// Python frames and native calls in progress.
    pub depth: Cell<u32>,
    /// `sys.setrecursionlimit`
    pub recursion_limit: Cell<u32>,
    /// What `sys` says of how the program was started.
    pub launch: RefCell<Launch>,
    /// Native calls in progress (they take native stack).
    pub native_depth: Cell<u32>,
    /// Most native calls in progress; set by how much native stack the thread has.
    pub native_limit: Cell<u32>,
    /// Where memory is allocated, while somebody wants to know.
    pub profile: RefCell<Option<Box<profile::Profile>>>,
    /// Work that other threads have posted.
    pub tasks: Arc<tasks::Tasks>,
    /// Whether some of it is being done.
    pub in_task: Cell<bool>,
    /// The VM's state.
    pub machine: Cell<*mut ()>,
    /// State of rooms above (stdlib, VM), by type.
    pub extensions: RefCell<Vec<Box<dyn std::any::Any + Send>>>,
}

// SAFETY: a runtime belongs to its heap and moves between threads with it; lookups hold raw values of that heap.
unsafe impl Send for Runtime {}

/// The runtime of the heap.
#[inline(always)]
pub fn rt<'a>(cx: &'a Cx<'_>) -> &'a Runtime {
    // SAFETY: `Interpreter` gives every heap that it makes a `Runtime` as host before anything else runs.
    unsafe { &*(cx.host_ptr() as *const Runtime) }
}

/// Fixed roots: stack slots that are never popped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Root {
    /// The exception on its way, or a hole (none, or a MemoryError when something returned `Raised`).
    Pending,
    /// The exception being handled (`sys.exc_info()`).
    Handled,
    /// A MemoryError made beforehand.
    MemoryError,
    /// `builtins.__dict__`
    Builtins,
    /// `sys.modules`
    Modules,
    /// Ellipsis
    Ellipsis,
    /// NotImplemented
    NotImplemented,
    /// `()`
    EmptyTuple,
    /// `""`
    EmptyStr,
    /// The `sys` module's dict
    Sys,
    /// Strings of one ASCII character: an array of 128, each made when it is needed
    Characters,
    /// What the VM steps generators with: a tuple of functions by [`Driver`](crate::bytecode::Driver)
    Drivers,
    /// First class; see [`classes`].
    Classes,
}

/// Number of fixed roots.
pub const ROOTS: usize = Root::Classes as usize + classes::COUNT;

/// The value of a fixed root.
#[inline(always)]
pub fn root<'a>(cx: &'a Cx<'_>, root: Root) -> Local<'a> {
    fixed(cx, root as usize)
}

#[inline(always)]
pub(crate) fn fixed<'a>(cx: &'a Cx<'_>, index: usize) -> Local<'a> {
    // SAFETY: fixed roots are never popped.
    unsafe { Handle::<taipan_gc::Any>::from_index(cx, index) }.get(cx)
}

/// A handle to a fixed root.
#[inline(always)]
pub fn root_handle<'s>(cx: &Cx<'s>, root: Root) -> Handle<'s> {
    // SAFETY: fixed roots are never popped.
    unsafe { Handle::from_index(cx, root as usize) }
}

/// A handle to the root of a builtin class, by its number.
pub(crate) fn root_at<'s>(cx: &Cx<'s>, class: usize) -> Handle<'s> {
    // SAFETY: fixed roots are never popped.
    unsafe { Handle::from_index(cx, Root::Classes as usize + class) }
}

/// The shape of any value; immediates have pseudo shapes.
#[inline(always)]
pub fn shape_of(value: Local<'_>) -> ShapeId {
    match value.shape() {
        Some(shape) => shape,
        None => immediate_shape(value.value()),
    }
}

fn immediate_shape(value: Value) -> ShapeId {
    if value.is_int() {
        shapes::INT
    } else if value.is_float() {
        shapes::FLOAT
    } else if value.is_bool() {
        shapes::BOOL
    } else {
        shapes::NONE
    }
}

/// Roots an immediate.
#[inline]
pub fn immediate<'s>(cx: &Cx<'s>, value: Value) -> Handle<'s> {
    debug_assert!(!value.is_ref());
    match Local::immediate(value) {
        Some(local) => cx.root(local),
        None => cx.root(Local::NONE),
    }
}

/// None, rooted.
#[inline]
pub fn none<'s>(cx: &Cx<'s>) -> Handle<'s> {
    immediate(cx, Value::NONE)
}

/// True or False, rooted.
#[inline]
pub fn bool<'s>(cx: &Cx<'s>, b: bool) -> Handle<'s> {
    immediate(cx, Value::bool(b))
}

/// A float, rooted.
#[inline]
pub fn float<'s>(cx: &Cx<'s>, x: f64) -> Handle<'s> {
    immediate(cx, Value::float(x))
}

/// Allocates with `make`; when the heap is full, collects and tries once more.
#[inline]
pub fn retrying<'s, T>(
    cx: &mut Cx<'s>,
    make: impl for<'a> Fn(&'a Cx<'s>) -> Result<Local<'a, T>, HeapFull>,
) -> Result<Handle<'s, T>, Raised> {
    if let Ok(local) = make(cx) {
        return Ok(cx.root(local));
    }
    cx.collect(CollectKind::Full);
    let local = make(cx)?;
    Ok(cx.root(local))
}

/// Most bytes of the heap, if there is a limit.
pub fn heap_limit(cx: &Cx<'_>) -> Option<usize> {
    // SAFETY: the core is this thread's; the borrow ends with the statement.
    unsafe { (*cx.core()).memory.limit }
}

/// Texts and containers of more items are refused: lengths are 32 bits.
pub const MAX_ITEMS: usize = u32::MAX as usize;

/// MemoryError unless a text of so many bytes can be made: to be asked before it is built outside the heap, where no limit counts it.
pub fn check_size(cx: &mut Cx<'_>, bytes: usize) -> Result<(), Raised> {
    if bytes >= MAX_ITEMS {
        return Err(raise::raise_with(cx, classes::MEMORY_ERROR, &[]));
    }
    match bytes {
        0..LARGE => Ok(()),
        _ => Ok(cx.reserve(bytes)?),
    }
}

/// What is smaller fits the overdraft.
const LARGE: usize = 64 << 10;

/// MemoryError unless so many values can be rooted.
pub fn check_room(cx: &mut Cx<'_>, values: usize) -> Result<(), Raised> {
    // SAFETY: as above.
    let fits = unsafe { (*cx.core()).memory.roots.stack.has_room(values.min(1 << 40)) };
    match fits {
        true => Ok(()),
        false => Err(raise::raise_with(cx, classes::MEMORY_ERROR, &[])),
    }
}

/// Ellipsis or NotImplemented, by shape.
pub(crate) fn new_singleton<'s>(cx: &mut Cx<'s>, shape: ShapeId) -> Result<Handle<'s>, Raised> {
    let singleton = retrying(cx, |cx| {
        let singleton = cx.alloc(layout::SingletonInit { unused: Cell::new(0) })?;
        if let Some(header) = singleton.header() {
            // SAFETY: both shapes have the same layout.
            unsafe { header.set_shape(shape) };
        }
        Ok(singleton)
    })?;
    Ok(singleton.any())
}
