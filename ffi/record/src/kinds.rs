//! What the tables say of parameters, results and fields: [`Kind`], and what belongs to it.
//!
//! Recorder, reader and replayer each go through the same kinds, so that a function that the header gains needs no code here.

/// What a parameter, field or result is, and so how it is recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No result.
    Void,
    /// `int32_t`
    I32,
    /// `uint32_t`
    U32,
    /// `int64_t`
    I64,
    /// `uint64_t` or `size_t`
    U64,
    /// `double`
    F64,
    /// `tpn_status`
    Status,
    /// A number that depends on time: recorded, never compared.
    Time,
    /// `tpn_val`
    Val,
    /// Another handle of one word.
    Handle(Space),
    /// A pointer that the library has given.
    Object(Class),
    /// Text; its length is the parameter there, or it ends with a NUL.
    Text(Option<usize>),
    /// Bytes, whose length is the parameter there.
    Bytes(usize),
    /// An array; its length is the parameter there, times a number.
    Items(&'static Kind, usize, u64),
    /// A struct to read.
    Struct(usize),
    /// An array of structs; its length is the parameter or field there.
    Structs(usize, usize),
    /// A function of the host, and where its `ud` is.
    Callback(Call, usize),
    /// The `ud` of functions beside it.
    Ud,
    /// A pointer of the host's own, which means nothing to the library.
    Word,
    /// The payload of a host object.
    Payload,
    /// Room for text (or else bytes), as big as the parameter there says.
    Room(usize, bool),
    /// A variable for a result.
    Out(&'static Kind),
    /// A variable that is read and written.
    InOut(&'static Kind),
    /// A variable for a struct, which is only written.
    OutStruct(usize),
    /// A struct that says its size, and is written.
    InOutStruct(usize),
    /// Room for as many items as the result says.
    OutItems(&'static Kind),
    /// A slot of a payload, or elsewhere.
    Slot,
    /// Slots in a row; how many the parameter there says.
    Slots(usize),
    /// Memory that the host shows to scripts; its length is the parameter there.
    Memory(usize),
    /// Static text, a result.
    Static,
    /// Handed on, not looked at.
    Opaque,
    /// Handed on, and NULL in a replay.
    Passed,
}

/// What a handle is of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Space {
    /// `tpn_ref`
    Ref,
    /// `tpn_type`
    Type,
    /// `tpn_name`
    Name,
    /// `tpn_scope`
    Scope,
    /// The number of a `tpn_buf`.
    Buf,
}

/// What the library gives pointers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// `tpn_ctx`
    Ctx,
    /// `tpn_heap`
    Heap,
    /// `tpn_fin`
    Fin,
    /// `tpn_tracer`
    Tracer,
    /// `tpn_remote`
    Remote,
}

/// The functions that hosts give to the library.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(usize)]
#[allow(missing_docs)] // as the header names them
pub enum Call {
    Native,
    Loader,
    Task,
    Died,
    Finalize,
    UdFree,
    Free,
    Log,
    Pressure,
    Event,
    Trace,
    Alloc,
    Dealloc,
}

/// How many kinds of functions of hosts there are.
pub const CALLS: usize = 13;

impl Call {
    /// By number.
    pub fn from_number(number: u64) -> Option<Call> {
        use Call::*;
        [Native, Loader, Task, Died, Finalize, UdFree, Free, Log, Pressure, Event, Trace, Alloc, Dealloc]
            .get(usize::try_from(number).ok()?)
            .copied()
    }

    /// Whether it is called where scripts and the host say, and so at the same place in every run. The others come when the memory manager or another
    /// thread has them come, and are known by what they are called for.
    pub fn is_ordered(self) -> bool {
        matches!(self, Call::Native | Call::Loader)
    }
}

/// A function of the library, or of the host.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As the header names it.
    pub name: &'static str,
    /// Marked `[any]`.
    pub any: bool,
    /// Marked `[runs]`.
    pub runs: bool,
    /// What it gives.
    pub result: Kind,
    /// What it takes.
    pub params: &'static [(&'static str, Kind)],
}

/// A struct of the header.
#[derive(Clone, Copy, Debug)]
pub struct Struct {
    /// As the header names it.
    pub name: &'static str,
    /// Bytes.
    pub size: usize,
    /// Where its fields lie.
    pub offsets: &'static [usize],
    /// Its fields.
    pub fields: &'static [(&'static str, Kind)],
}

impl Struct {
    /// Whether it begins with its size, so that older programs have shorter ones.
    pub fn is_sized(&self) -> bool {
        self.fields.first().is_some_and(|(name, _)| *name == "size")
    }

    /// How many of its fields a struct of this size has.
    pub fn known(&self, size: usize) -> usize {
        let fits = |at: usize| self.offsets[at] + self.fields[at].1.size() <= size;
        (0..self.fields.len()).take_while(|at| fits(*at)).count()
    }
}

impl Kind {
    /// Bytes that it takes in a struct or an array.
    pub fn size(self) -> usize {
        match self {
            Kind::I32 | Kind::U32 | Kind::Status | Kind::Handle(Space::Type) => 4,
            _ => 8,
        }
    }

    /// Whether the call may write through it.
    pub fn is_out(self) -> bool {
        matches!(
            self,
            Kind::Out(_)
                | Kind::InOut(_)
                | Kind::OutStruct(_)
                | Kind::InOutStruct(_)
                | Kind::OutItems(_)
                | Kind::Room(..)
        )
    }
}

/// Whether a value is a local, and not one of the immediates.
pub fn is_local(bits: u64) -> bool {
    bits & 3 == 3
}

/// What a call's result says: whether out-parameters were written, and how many items there are.
pub fn success(result: Kind, word: u64) -> Option<u64> {
    match result {
        Kind::Status => (word as i32 == 0).then_some(0),
        Kind::I32 => (word as i32 > 0).then_some(0),
        Kind::I64 => u64::try_from(word as i64).ok(),
        Kind::Val => (word != 2).then_some(0),
        Kind::Handle(_) => (word != 0).then_some(0),
        _ => Some(0),
    }
}

/// From a register to a word.
pub(crate) trait Word {
    fn word(self) -> u64;
}

/// From a word to a register.
pub(crate) trait FromWord {
    fn from_word(word: u64) -> Self;
}

impl Word for u64 {
    fn word(self) -> u64 {
        self
    }
}

impl FromWord for u64 {
    fn from_word(word: u64) -> u64 {
        word
    }
}

impl Word for u32 {
    fn word(self) -> u64 {
        self.into()
    }
}

impl FromWord for u32 {
    fn from_word(word: u64) -> u32 {
        word as u32
    }
}

impl Word for i32 {
    fn word(self) -> u64 {
        i64::from(self) as u64
    }
}

impl FromWord for i32 {
    fn from_word(word: u64) -> i32 {
        word as i32
    }
}

impl Word for f64 {
    fn word(self) -> u64 {
        self.to_bits()
    }
}

impl FromWord for f64 {
    fn from_word(word: u64) -> f64 {
        f64::from_bits(word)
    }
}

/// The address of a function of the library.
pub(crate) type Address = *const std::ffi::c_void;

/// Calls a function with words.
pub(crate) type Caller = unsafe fn(Address, &[u64]) -> u64;

/// A [`Caller`] for functions that take and give this; structs of one word travel as that word does.
macro_rules! caller {
    (($($kind:ty: $at:literal),*) -> $result:ty) => {{
        unsafe fn call(function: $crate::kinds::Address, _words: &[u64]) -> u64 {
            type Function = unsafe extern "C" fn($($kind),*) -> $result;
            // SAFETY: by contract, it is such a function, and the words are arguments as the header wants them.
            let result = unsafe {
                std::mem::transmute::<$crate::kinds::Address, Function>(function)($($crate::kinds::FromWord::from_word(_words[$at])),*)
            };
            $crate::kinds::Word::word(result)
        }
        call as $crate::kinds::Caller
    }};
}
pub(crate) use caller;

/// Calls the function at this address, which has the number `n`.
///
/// # Safety
/// It is that function, and the words are arguments as the header wants them.
pub(crate) unsafe fn invoke(n: usize, function: Address, words: &[u64]) -> u64 {
    // SAFETY: by contract.
    unsafe { crate::calls::CALLERS[n](function, words) }
}
