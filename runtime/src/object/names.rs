//! Names: the interner, and the names that the runtime itself uses.
//!
//! An interned string lives as long as its heap and has a number, by which shapes and caches compare names.

use super::layout::Str;
use super::{rt, str};
use crate::object::raise::Raised;
use hashbrown::HashTable;
use taipan_gc::header::FLAG_USER;
use taipan_gc::sync::LazyLock;
use taipan_gc::{Cx, Handle, HeapFull, Local, Owned};

/// Number of an interned string in its heap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct NameId(pub u32);

/// The interned strings of a heap: what they are called stands in the heap alone, and is found by the hash that the strings have anyway. The first are the
/// [well-known](WELL_KNOWN) ones, which every process finds by their texts, and whose strings are made when somebody asks for them.
#[derive(Debug, Default)]
pub struct Interner {
    by_hash: HashTable<NameId>,
    names: Vec<Interned>,
}

#[derive(Debug)]
struct Interned {
    /// `None`: of a well-known name, whose string nobody has asked for.
    value: Option<Owned<Str>>,
    hash: u32,
}

impl Interner {
    /// The name's string, if it is made.
    #[inline]
    fn value(&self, id: NameId) -> Option<Owned<Str>> {
        self.names[id.0 as usize].value
    }

    fn find(&self, cx: &Cx<'_>, text: &str, hash: u32) -> Option<NameId> {
        let is_it = |id: &NameId| {
            let name = &self.names[id.0 as usize];
            let string = || name.value.and_then(|value| cx.owned(value));
            name.hash == hash && string().is_some_and(|string| str::is_text(string, text))
        };
        KNOWN.find(text, hash).or_else(|| self.by_hash.find(spread(hash), is_it).copied())
    }

    /// Makes room for so many names more; whether there is memory, and numbers are left.
    fn reserve(&mut self, more: usize) -> bool {
        let names = &mut self.names;
        let room = names.try_reserve(more).is_ok() && names.len() + more <= u32::MAX as usize;
        room && self.by_hash.try_reserve(more, |id| spread(names[id.0 as usize].hash)).is_ok()
    }

    /// Numbers a string, after [`reserve`](Self::reserve).
    fn add(&mut self, value: Owned<Str>, hash: u32) -> NameId {
        let id = NameId(self.names.len() as u32);
        self.names.push(Interned { value: Some(value), hash });
        let names = &self.names;
        self.by_hash.insert_unique(spread(hash), id, |id| spread(names[id.0 as usize].hash));
        id
    }
}

/// The table takes its place from the low bits and its tag from the highest ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash) | u64::from(hash) << 32
}

/// The [well-known names](WELL_KNOWN) by their hashes: the same in all heaps. Open addressing, and so no memory of the process's.
struct Known {
    hashes: [u32; WELL_KNOWN.len()],
    places: [u16; PLACES],
}

/// At most half of the places are taken.
const PLACES: usize = (2 * WELL_KNOWN.len()).next_power_of_two();
const FREE: u16 = u16::MAX;

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let hashes = std::array::from_fn(|id| str::hash_of(WELL_KNOWN[id]));
    let mut known = Known { hashes, places: [FREE; PLACES] };
    for (id, &hash) in hashes.iter().enumerate() {
        let mut place = hash as usize % PLACES;
        while known.places[place] != FREE {
            place = (place + 1) % PLACES;
        }
        known.places[place] = id as u16;
    }
    known
});

impl Known {
    fn find(&self, text: &str, hash: u32) -> Option<NameId> {
        let mut place = hash as usize % PLACES;
        while self.places[place] != FREE {
            let id = self.places[place] as usize;
            if self.hashes[id] == hash && WELL_KNOWN[id] == text {
                return Some(NameId(id as u32));
            }
            place = (place + 1) % PLACES;
        }
        None
    }
}

/// Bytes that the strings of the well-known names take, at the most, when all of them are made.
pub(crate) const KNOWN_BYTES: usize = WELL_KNOWN.len() * KNOWN_CELL;
/// The longest of them has its place in such a cell.
const KNOWN_CELL: usize = 48;

/// Numbers the well-known names, the first of a heap, and makes room for so many altogether.
pub(crate) fn begin(cx: &Cx<'_>, count: usize) -> Result<(), Raised> {
    let mut interner = rt(cx).interner.borrow_mut();
    if !interner.reserve(count) || !cx.reserve_owned(count) {
        return Err(HeapFull { requested: count * size_of::<Interned>() }.into());
    }
    interner.names.extend(KNOWN.hashes.iter().map(|&hash| Interned { value: None, hash }));
    Ok(())
}

/// Interns a text.
pub fn intern(cx: &Cx<'_>, text: &str) -> Result<NameId, Raised> {
    let hash = str::hash_of(text);
    if let Some(id) = rt(cx).interner.borrow().find(cx, text, hash) {
        return Ok(id);
    }
    let full = HeapFull { requested: text.len() };
    cx.may_grow(full.requested)?;
    if !rt(cx).interner.borrow_mut().reserve(1) {
        return Err(full.into());
    }
    let fresh = alloc(cx, text, hash)?;
    let owned = cx.own(fresh)?;
    Ok(rt(cx).interner.borrow_mut().add(owned, hash))
}

/// Makes the string of a name.
fn alloc<'a>(cx: &'a Cx<'_>, text: &str, hash: u32) -> Result<Local<'a, Str>, HeapFull> {
    let fresh = str::alloc(cx, text)?;
    fresh.hash.set(hash);
    if let Some(header) = fresh.header() {
        // SAFETY: the flag is the language's own.
        unsafe { header.set(FLAG_USER) };
    }
    Ok(fresh)
}

/// Makes the string of a well-known name from memory that is set aside, and so can't fail.
#[cold]
fn make_known<'a>(cx: &'a Cx<'_>, id: NameId) -> Local<'a, Str> {
    let name = id.0 as usize;
    let made = cx.from_aside(KNOWN_CELL, |cx| {
        let fresh = alloc(cx, WELL_KNOWN[name], KNOWN.hashes[name])?;
        let owned = cx.own(fresh)?;
        Ok::<_, HeapFull>(owned)
    });
    let Ok(owned) = made else { unreachable!("what is set aside for the well-known names does not suffice") };
    rt(cx).interner.borrow_mut().names[name].value = Some(owned);
    local(cx, id)
}

/// The string of a name.
#[inline]
pub fn local<'a>(cx: &'a Cx<'_>, id: NameId) -> Local<'a, Str> {
    let owned = rt(cx).interner.borrow().value(id);
    match owned.and_then(|owned| cx.owned(owned)) {
        Some(local) => local,
        // Interned strings are never given back: nobody has asked for this one.
        None => make_known(cx, id),
    }
}

/// The string of a name, rooted.
pub fn handle<'s>(cx: &Cx<'s>, id: NameId) -> Handle<'s, Str> {
    cx.root(local(cx, id))
}

/// The number of a text that is a name already.
pub fn find_text(cx: &Cx<'_>, text: &str) -> Option<NameId> {
    rt(cx).interner.borrow().find(cx, text, str::hash_of(text))
}

/// The number of a string that is a name already; `None` when nothing of that name was ever interned.
pub fn find(cx: &Cx<'_>, text: Local<'_, Str>) -> Option<NameId> {
    match str::ascii(text) {
        Some(ascii) => rt(cx).interner.borrow().find(cx, ascii, str::hash(text)),
        None => find_text(cx, &str::to_utf8(text)?),
    }
}

macro_rules! well_known {
    ($($name:ident = $text:literal),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum Number { $($name),* }
        $( #[doc = concat!("`", $text, "`")] pub const $name: NameId = NameId(Number::$name as u32); )*
        /// The texts of the well-known names, by number.
        pub(crate) const WELL_KNOWN: &[&str] = &[$($text),*];
    };
}

well_known! {
    INIT = "__init__", NEW = "__new__", DEL = "__del__", REPR = "__repr__", STR = "__str__", BYTES = "__bytes__",
    FORMAT = "__format__", LT = "__lt__", LE = "__le__", EQ = "__eq__", NE = "__ne__", GT = "__gt__", GE = "__ge__",
    HASH = "__hash__", BOOL = "__bool__", GETATTR = "__getattr__", GETATTRIBUTE = "__getattribute__",
    SETATTR = "__setattr__", DELATTR = "__delattr__", DIR = "__dir__", GET = "__get__", SET = "__set__",
    DELETE = "__delete__", SET_NAME = "__set_name__", SLOTS = "__slots__", INIT_SUBCLASS = "__init_subclass__",
    CLASS_GETITEM = "__class_getitem__", CALL = "__call__", LEN = "__len__", LENGTH_HINT = "__length_hint__",
    GETITEM = "__getitem__", SETITEM = "__setitem__", DELITEM = "__delitem__", MISSING = "__missing__",
    ITER = "__iter__", NEXT = "__next__", REVERSED = "__reversed__", CONTAINS = "__contains__",
    ADD = "__add__", SUB = "__sub__", MUL = "__mul__", TRUEDIV = "__truediv__", FLOORDIV = "__floordiv__",
    MOD = "__mod__", POW = "__pow__", AND = "__and__", OR = "__or__", XOR = "__xor__", LSHIFT = "__lshift__",
    RSHIFT = "__rshift__", MATMUL = "__matmul__", DIVMOD = "__divmod__",
    RADD = "__radd__", RSUB = "__rsub__", RMUL = "__rmul__", RTRUEDIV = "__rtruediv__",
    RFLOORDIV = "__rfloordiv__", RMOD = "__rmod__", RPOW = "__rpow__", RAND = "__rand__", ROR = "__ror__",
    RXOR = "__rxor__", RLSHIFT = "__rlshift__", RRSHIFT = "__rrshift__", RMATMUL = "__rmatmul__",
    RDIVMOD = "__rdivmod__",
    IADD = "__iadd__", ISUB = "__isub__", IMUL = "__imul__", ITRUEDIV = "__itruediv__",
    IFLOORDIV = "__ifloordiv__", IMOD = "__imod__", IPOW = "__ipow__", IAND = "__iand__", IOR = "__ior__",
    IXOR = "__ixor__", ILSHIFT = "__ilshift__", IRSHIFT = "__irshift__", IMATMUL = "__imatmul__",
    NEG = "__neg__", POS = "__pos__", ABS = "__abs__", INVERT = "__invert__", INT = "__int__", FLOAT = "__float__",
    COMPLEX = "__complex__", INDEX = "__index__", ROUND = "__round__", TRUNC = "__trunc__", FLOOR = "__floor__",
    CEIL = "__ceil__", ENTER = "__enter__", EXIT = "__exit__", AENTER = "__aenter__", AEXIT = "__aexit__",
    AWAIT = "__await__", AITER = "__aiter__", ANEXT = "__anext__", CLASS = "__class__", DICT = "__dict__",
    DOC = "__doc__", NAME = "__name__", QUALNAME = "__qualname__", MODULE = "__module__", BASES = "__bases__",
    MRO = "__mro__", ANNOTATIONS = "__annotations__", CLASSCELL = "__classcell__", PREPARE = "__prepare__",
    INSTANCECHECK = "__instancecheck__", SUBCLASSCHECK = "__subclasscheck__", SUBCLASSES = "__subclasses__",
    MRO_METHOD = "mro", BUILTINS = "__builtins__", FILE = "__file__", PATH = "__path__", PACKAGE = "__package__",
    LOADER = "__loader__", SPEC = "__spec__", ALL = "__all__", MAIN = "__main__", IMPORT = "__import__",
    BUILD_CLASS = "__build_class__", MATCH_ARGS = "__match_args__", CODE = "__code__", GLOBALS = "__globals__",
    DEFAULTS = "__defaults__", KWDEFAULTS = "__kwdefaults__", CLOSURE = "__closure__", FUNC = "__func__",
    SELF = "__self__", WRAPPED = "__wrapped__", ISABSTRACTMETHOD = "__isabstractmethod__",
    ARGS = "args", TRACEBACK = "__traceback__", CONTEXT = "__context__", CAUSE = "__cause__",
    SUPPRESS_CONTEXT = "__suppress_context__", WITH_TRACEBACK = "with_traceback", NOTES = "__notes__",
    SEND = "send", THROW = "throw", CLOSE = "close", KEYS = "keys", VALUE = "value", METACLASS = "metaclass",
    BUILTINS_MODULE = "builtins", STDOUT = "stdout", STDERR = "stderr", STDIN = "stdin", WRITE = "write",
    FLUSH = "flush", KEY = "key", REVERSE = "reverse", DEFAULT = "default", SEP = "sep", END = "end",
    FILE_ARG = "file", PRINT_FILE_AND_LINE = "print_file_and_line", MSG = "msg", FILENAME = "filename",
    LINENO = "lineno", OFFSET = "offset", TEXT = "text", END_LINENO = "end_lineno", END_OFFSET = "end_offset",
    SIZEOF = "__sizeof__", REDUCE = "__reduce__", REDUCE_EX = "__reduce_ex__", COPY = "__copy__",
    DEEPCOPY = "__deepcopy__", OBJCLASS = "__objclass__", WEAKREF = "__weakref__", HASH_NONE = "__hash__ = None",
    ABSTRACTMETHODS = "__abstractmethods__",
}
