//! The layouts of all builtin objects, as the heap sees them.
//!
//! References are `Slot`s, written only through their holder; plain data are `Cell`s. Instances of classes written in Python
//! have no struct: see [`instance`](super::instance).

use super::native::NativeDef;
use super::shapes;
use crate::bytecode::CodeUnit;
use num_bigint::BigInt;
use std::cell::Cell;
use taipan_gc::{Any, Object, Payload, ShapeId, Slot, Value, Visitor};

macro_rules! payload {
    ($($name:ident),*) => { $(
        // SAFETY: locals of it are made only for objects of its shapes.
        unsafe impl Payload for $name {}
    )* };
}
payload!(Str, Bytes, Tuple, Array, Index);

/// A string: ASCII bytes or 32-bit code points follow, by shape.
#[derive(Debug)]
#[repr(C)]
pub struct Str {
    /// Number of code points.
    pub len: Cell<u32>,
    /// Cached hash, or 0.
    pub hash: Cell<u32>,
}

/// Bytes; they follow.
#[derive(Debug)]
#[repr(C)]
pub struct Bytes {
    /// Number of bytes.
    pub len: Cell<u32>,
    /// Cached hash, or 0.
    pub hash: Cell<u32>,
}

/// A tuple; its items follow.
#[derive(Debug)]
#[repr(C)]
pub struct Tuple {
    /// Number of items.
    pub len: Cell<u32>,
    /// Cached hash, or 0.
    pub hash: Cell<u32>,
}

/// Storage of values for lists and tables; never seen by programs.
#[derive(Debug)]
#[repr(C)]
pub struct Array {
    /// Capacity: all of it is initialised, with holes behind what is in use.
    pub len: Cell<u32>,
    /// In tables: number behind the last entry, deleted ones included.
    pub fill: Cell<u32>,
}

/// The hash index of a table: `len` 32-bit entry numbers follow, `u32::MAX` for free ones.
#[derive(Debug)]
#[repr(C)]
pub struct Index {
    /// Number of places, a power of two.
    pub len: Cell<u32>,
    pub(crate) unused: Cell<u32>,
}

/// An integer beyond 48 bits.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::BIGINT), external = BigIntObject::digit_bytes)]
pub struct BigIntObject {
    /// The number; never one that fits a [`Value`].
    pub value: BigInt,
}

impl BigIntObject {
    fn digit_bytes(&self) -> usize {
        digit_bytes(&self.value)
    }
}

/// Bytes that a big int's digits take.
pub(crate) fn digit_bytes(value: &BigInt) -> usize {
    (value.bits() / 64) as usize * 8 + 8
}

/// A list.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::LIST))]
#[repr(C)]
pub struct List {
    /// Storage; empty while the capacity is zero.
    pub items: Slot<Array>,
    /// Number of items.
    pub len: Cell<usize>,
}

/// A dict, a set or a frozenset: a compact table in insertion order (as CPython's since 3.6). See [`table`](super::table).
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::DICT))]
#[repr(C)]
pub struct Dict {
    /// Three words per entry: key (or a hole), value, hash.
    pub entries: Slot<Array>,
    /// Live entries.
    pub used: Cell<u32>,
    /// Stamp of this set of keys, or 0; inline caches of globals compare it.
    pub keys_version: Cell<u32>,
}

/// A captured variable.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::CELL))]
pub struct CellObject {
    /// The value, if bound.
    pub value: Slot<Any>,
}

/// A function written in Python.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::FUNCTION))]
#[repr(C)]
pub struct Function {
    /// Code.
    pub code: Slot<Code>,
    /// Globals.
    pub globals: Slot<Dict>,
    /// Defaults of positional parameters: a tuple, if any.
    pub defaults: Slot<Tuple>,
    /// Defaults of keyword-only parameters, if any.
    pub keyword_defaults: Slot<Dict>,
    /// Cells of free variables, if any.
    pub closure: Slot<Tuple>,
    /// `__name__`
    pub name: Slot<Any>,
    /// `__qualname__`
    pub qualname: Slot<Any>,
    /// `__doc__`
    pub doc: Slot<Any>,
    /// `__module__`
    pub module: Slot<Any>,
    /// `__annotations__`, made at need.
    pub annotations: Slot<Dict>,
    /// `__dict__`, made at need.
    pub dict: Slot<Dict>,
    /// Functions of the comprehensions in its code, made at need; programs don't see them.
    pub inner: Slot<Array>,
}

/// A function written in Rust.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::NATIVE))]
pub struct Native {
    /// What it is.
    pub def: &'static NativeDef,
    /// What it is bound to: the module of a function, the class of a method; or data of a host's function.
    pub owner: Slot<Any>,
    /// A word for hosts.
    pub data: Cell<usize>,
}

/// A callable with its first argument.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::BOUND_METHOD))]
pub struct BoundMethod {
    /// `__func__`
    pub function: Slot<Any>,
    /// `__self__`
    pub receiver: Slot<Any>,
}

/// A class.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::CLASS))]
#[repr(C)]
pub struct Class {
    /// `__name__`
    pub name: Slot<Any>,
    /// `__qualname__`
    pub qualname: Slot<Any>,
    /// `__bases__`
    pub bases: Slot<Tuple>,
    /// `__mro__`
    pub mro: Slot<Tuple>,
    /// Attributes.
    pub dict: Slot<Dict>,
    /// Subclasses, weakly: see [`subclasses`](super::subclasses).
    pub subclasses: Slot<List>,
    /// Shape of a fresh instance.
    pub root_shape: Cell<ShapeId>,
    /// Number of this class in its heap.
    pub id: Cell<u32>,
    /// How instances are laid out.
    pub kind: Cell<u8>,
    /// Slots that a fresh instance gets inline; grows with what instances turn out to need.
    pub capacity: Cell<u8>,
    /// `FLAG_…` of [`class`](super::class).
    pub flags: Cell<u16>,
}

/// A module.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::MODULE))]
pub struct Module {
    /// `__dict__`
    pub dict: Slot<Dict>,
}

/// Code of a function: the unit and, materialised for this heap, its constants, names and inline caches.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::CODE), unsafe(trace = trace_code))]
pub struct Code {
    /// Everything, boxed: frames keep plain pointers to it, and the box does not move.
    pub data: Box<CodeData>,
}

/// What frames use of a code object.
#[derive(Debug)]
pub struct CodeData {
    /// Number of arguments of a plain call: positional ones, all given, nothing else to bind. `u32::MAX` when there is more to do.
    pub plain_arguments: u32,
    /// As `plain_arguments`, of a function that makes a generator or coroutine; `u32::MAX` for others.
    pub generator_arguments: u32,
    /// Number of registers.
    pub registers: u32,
    /// The first register that is a temporary.
    pub first_temp: u32,
    /// The compiled unit.
    pub unit: CodeUnit,
    /// The instructions, which may be specialised in place.
    pub words: Box<[Cell<u32>]>,
    /// The constants as values; each owns a count.
    pub constants: Box<[Cell<Value>]>,
    /// The names.
    pub names: Box<[Name]>,
    /// What its functions are called: name, qualified name, documentation; each owns a count.
    pub titles: [Cell<Value>; 3],
    /// Inline caches.
    pub caches: Box<[Cache]>,
}

impl CodeData {
    /// The first instruction.
    #[inline(always)]
    pub fn start(&self) -> *const u32 {
        self.words.as_ptr() as *const u32
    }
}

// SAFETY: code data lives in its heap, which moves between threads as a whole.
unsafe impl Send for CodeData {}

/// A name used by code: its interned string and its number.
#[derive(Debug)]
pub struct Name {
    /// The interned string; owns a count.
    pub value: Cell<Value>,
    /// Its number in the interner.
    pub id: super::names::NameId,
}

/// An inline cache. What the fields mean depends on the instruction.
#[derive(Debug, Default)]
pub struct Cache {
    /// Shape or version that must match; 0 never does.
    pub key: Cell<u32>,
    /// Class epoch, or second version, that must match.
    pub epoch: Cell<u32>,
    /// Slot or entry number.
    pub slot: Cell<u32>,
    /// What kind of thing was found.
    pub kind: Cell<u32>,
    /// A value that `key` and `epoch` prove alive; it owns no count.
    pub value: Cell<CacheValue>,
}

impl Cache {
    /// Takes over what another cache knows.
    #[inline]
    pub fn copy_from(&self, other: &Cache) {
        self.key.set(other.key.get());
        self.epoch.set(other.epoch.get());
        self.slot.set(other.slot.get());
        self.kind.set(other.kind.get());
        self.value.set(other.value.get());
    }
}

/// The value of a cache; a hole at first.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct CacheValue(pub Value);

impl Default for CacheValue {
    fn default() -> CacheValue {
        CacheValue(Value::HOLE)
    }
}

unsafe fn trace_code(payload: *mut u8, visitor: &mut dyn Visitor) {
    // SAFETY: the heap calls this for code objects.
    let data = unsafe { &*(*(payload as *mut Code)).data };
    for constant in &data.constants {
        // SAFETY: the cell is ours; nobody reads it meanwhile.
        visitor.slot(unsafe { &mut *constant.as_ptr() });
    }
    for name in data.names.iter().map(|name| &name.value).chain(&data.titles) {
        // SAFETY: as above.
        visitor.slot(unsafe { &mut *name.as_ptr() });
    }
    for cache in &data.caches {
        // SAFETY: as above; `CacheValue` is a transparent `Value`.
        visitor.uncounted(unsafe { &mut *(cache.value.as_ptr() as *mut Value) });
    }
}

/// `range`; bounds that don't fit are big ints in the slots.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::RANGE))]
pub struct Range {
    /// First.
    pub start: Slot<Any>,
    /// End, not reached.
    pub stop: Slot<Any>,
    /// Distance.
    pub step: Slot<Any>,
}

/// `slice`
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::SLICE))]
pub struct Slice {
    /// `start`
    pub start: Slot<Any>,
    /// `stop`
    pub stop: Slot<Any>,
    /// `step`
    pub step: Slot<Any>,
}

/// Iterator over a range whose numbers fit 48 bits.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::RANGE_ITER))]
#[repr(C)]
pub struct RangeIter {
    /// Next number.
    pub next: Cell<i64>,
    /// Distance.
    pub step: Cell<i64>,
    /// Numbers left.
    pub left: Cell<i64>,
}

/// Iterator over a list, tuple, string, bytes or anything with `__getitem__`.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::SEQ_ITER))]
#[repr(C)]
pub struct SeqIter {
    /// The sequence; empty once exhausted.
    pub sequence: Slot<Any>,
    /// Next index (for reversed iterators counting down; -1 at the end).
    pub at: Cell<isize>,
    /// Whether it runs backwards.
    pub reversed: Cell<bool>,
    /// Whether the sequence is a list, or an instance of a subclass, which is laid out as one.
    pub is_list: Cell<bool>,
}

/// Iterator over a dict, set or dict view.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::TABLE_ITER))]
pub struct TableIter {
    /// The table; empty once exhausted.
    pub table: Slot<Dict>,
    /// Next entry.
    pub at: Cell<u32>,
    /// `used` at the start; a change is an error.
    pub used: Cell<u32>,
    /// How many are to come.
    pub left: Cell<u32>,
    /// What it yields: see [`table`](super::table).
    pub what: Cell<u8>,
    /// Whether it runs backwards.
    pub reversed: Cell<bool>,
}

/// Iterator written in Rust: `map`, `zip`, `enumerate` and the like.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::NATIVE_ITER))]
pub struct NativeIter {
    /// Its step and its class.
    pub def: &'static super::native::IterDef,
    /// Its state.
    pub state: Slot<Any>,
    /// More of its state.
    pub more: Slot<Any>,
    /// A number of its state.
    pub count: Cell<i64>,
}

/// What instances of a class of a library module keep: references and numbers, whose meaning is the class's own. See
/// [`record`](super::record).
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::RECORD))]
#[repr(C)]
pub struct Record {
    /// First reference.
    pub a: Slot<Any>,
    /// Second reference.
    pub b: Slot<Any>,
    /// Third reference.
    pub c: Slot<Any>,
    /// First number.
    pub x: Cell<i64>,
    /// Second number.
    pub y: Cell<i64>,
    /// Third number.
    pub z: Cell<i64>,
}

/// A generator or coroutine: a frame at rest.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::GENERATOR))]
pub struct Generator {
    /// The function.
    pub function: Slot<Function>,
    /// Registers while at rest, holes while running; empty when done, and as long as a coroutine that was awaited at once has not come to rest.
    pub registers: Slot<Array>,
    /// `__name__`, when it is not the code's.
    pub name: Slot<Any>,
    /// `__qualname__`, when it is not the code's.
    pub qualname: Slot<Any>,
    /// The exception that is being handled inside, while at rest.
    pub handled: Slot<Any>,
    /// While at rest at a delegation (`yield from`, `await`) to a generator: that one. Once done, until it is fetched: what it returned.
    pub inner: Slot<Any>,
    /// While at rest, the generator that goes on when this one is resumed, at the end of a chain of delegations; empty when it is this one.
    pub innermost: Slot<Any>,
    /// Word index of the instruction at which it rests.
    pub pc: Cell<u32>,
    /// The VM's stamp of `innermost`: it holds as long as no generator of a chain has been resumed from elsewhere.
    pub epoch: Cell<u32>,
    /// Stamp of the delegation to `inner`.
    pub delegation: Cell<u32>,
    /// Stamp of the delegation that has taken this one as its inner generator, or 0.
    pub taken: Cell<u32>,
    /// How many generators the chain has down to this one, which is its innermost.
    pub level: Cell<u32>,
    /// Register that gets the value sent.
    pub receiver: Cell<u8>,
    /// Created, suspended, running, done: see the VM.
    pub state: Cell<u8>,
    /// Generator, coroutine or asynchronous generator.
    pub flavour: Cell<u8>,
    /// Whether it rests where an exception would run more than the end of its frame: then it is closed before it dies.
    pub guarded: Cell<bool>,
    /// Whether the heap knows that it may have to be closed.
    pub registered: Cell<bool>,
    /// How many finalizable objects had been made before it.
    pub born: Cell<u32>,
}

/// `property`
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::PROPERTY))]
pub struct Property {
    /// `fget`
    pub get: Slot<Any>,
    /// `fset`
    pub set: Slot<Any>,
    /// `fdel`
    pub delete: Slot<Any>,
    /// `__doc__`
    pub doc: Slot<Any>,
    /// Name, for messages.
    pub name: Slot<Any>,
}

/// `staticmethod`, `classmethod`, `mappingproxy`: by shape.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::STATIC_METHOD))]
pub struct Wrapper {
    /// What is wrapped.
    pub wrapped: Slot<Any>,
}

/// `super()`
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::SUPER))]
pub struct Super {
    /// `__thisclass__`
    pub class: Slot<Class>,
    /// `__self__`
    pub receiver: Slot<Any>,
    /// `__self_class__`
    pub receiver_class: Slot<Class>,
}

/// Ellipsis and NotImplemented: objects without content.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::SINGLETON))]
pub struct Singleton {
    /// Nothing.
    pub unused: Cell<u64>,
}

/// One level of a traceback.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::TRACEBACK))]
pub struct Traceback {
    /// The next level, nearer to where it was raised.
    pub next: Slot<Any>,
    /// The code that ran.
    pub code: Slot<Code>,
    /// The frame that ran it; empty for want of memory.
    pub frame: Slot<FrameObject>,
    /// Word index of the instruction.
    pub pc: Cell<u32>,
}

/// What a traceback keeps of a Python frame: its variables live as long as somebody may look at them, as under CPython.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::FRAME))]
pub struct FrameObject {
    /// The function that ran.
    pub function: Slot<Function>,
    /// Its variables, by register; empty while it runs.
    pub variables: Slot<Array>,
}

/// `d.keys()`, `d.values()`, `d.items()`
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::DICT_VIEW))]
pub struct DictView {
    /// The dict.
    pub dict: Slot<Dict>,
    /// Which: see [`table`](super::table).
    pub what: Cell<u8>,
}

/// Descriptor of a name in `__slots__`.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::MEMBER))]
pub struct Member {
    /// The class.
    pub class: Slot<Class>,
    /// The interned name.
    pub name: Slot<Str>,
}

/// The builtin part of an exception; attributes follow as in any instance.
#[derive(Debug)]
#[repr(C)]
pub struct Exception {
    /// `args`
    pub args: Slot<Any>,
    /// `__traceback__`
    pub traceback: Slot<Any>,
    /// `__context__`
    pub context: Slot<Any>,
    /// `__cause__`
    pub cause: Slot<Any>,
    /// `__suppress_context__`
    pub suppress_context: Cell<bool>,
}
payload!(Exception);

/// The builtin part of an instance of a subclass of `int`, `float`, `str`, `bytes` or `tuple`; attributes follow.
#[derive(Debug)]
#[repr(C)]
pub struct Boxed {
    /// The exact value.
    pub value: Slot<Any>,
}
payload!(Boxed);

/// The builtin part of a weak reference; attributes of subclasses follow. See [`weakref`](super::weakref).
#[derive(Debug, Object)]
#[object(notify = super::weakref::told)]
pub struct WeakRef {
    /// Called with the reference when the object has died.
    pub callback: Slot<Any>,
    /// The reference's ticket in the heap's weak table: index.
    pub index: Cell<u32>,
    /// And generation.
    pub generation: Cell<u32>,
    /// The object's hash, once it was asked for.
    pub hash: Cell<i64>,
    /// Whether it was.
    pub hashed: Cell<bool>,
}
