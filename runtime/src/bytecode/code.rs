//! [`CodeUnit`]: one compiled function, class body, module or comprehension, as plain data.
//!
//! A unit owns everything by value and refers to no heap, so that it can be compiled, verified, printed and kept
//! without one. Loading it makes a code object of a heap.

use num_bigint::BigInt;

/// A constant of a code unit.
#[derive(Clone, PartialEq, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// `...`
    Ellipsis,
    /// An integer of at most 64 bits
    Int(i64),
    /// A larger integer
    BigInt(BigInt),
    /// A float
    Float(f64),
    /// The imaginary part of a complex literal
    Imaginary(f64),
    /// A string without lone surrogates
    Str(Box<str>),
    /// A string with lone surrogates, as code points
    Wide(Box<[u32]>),
    /// Bytes
    Bytes(Box<[u8]>),
    /// A tuple of constants
    Tuple(Box<[Const]>),
    /// A frozenset of constants (`x in {1, 2}`)
    FrozenSet(Box<[Const]>),
    /// Code of a nested function, class or comprehension
    Code(Box<CodeUnit>),
}

/// Bits that say which parts of a function `MakeFunction` finds in its four temporaries.
pub type Parts = u8;
/// The first: a tuple of defaults of positional parameters.
pub const PART_DEFAULTS: Parts = 1;
/// The second: a dict of defaults of keyword-only parameters.
pub const PART_KEYWORD_DEFAULTS: Parts = 2;
/// The third: a dict of annotations.
pub const PART_ANNOTATIONS: Parts = 4;
/// The fourth: a tuple of the cells of free variables.
pub const PART_CLOSURE: Parts = 8;

/// The parameters of a code unit. Their registers are 0, 1, … in this order: positional-only, positional, keyword-only,
/// `*args`, `**kwargs`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Params {
    /// How many are positional-only (before `/`)
    pub positional_only: u16,
    /// How many can be given by position, the positional-only ones included
    pub positional: u16,
    /// How many are keyword-only
    pub keyword_only: u16,
    /// Whether there is a `*args`
    pub var_positional: bool,
    /// Whether there is a `**kwargs`
    pub var_keyword: bool,
}

impl Params {
    /// How many registers the parameters take.
    pub fn count(&self) -> usize {
        self.positional as usize
            + self.keyword_only as usize
            + usize::from(self.var_positional)
            + usize::from(self.var_keyword)
    }
}

/// Where an instruction comes from in the source. Lines count from 1, columns from 0 in characters.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Position {
    /// Word index of the first instruction with this position; it holds up to the next entry's.
    pub pc: u32,
    /// First line
    pub line: u32,
    /// Last line
    pub end_line: u32,
    /// Column of the first character
    pub column: u32,
    /// Column after the last character, on `end_line`
    pub end_column: u32,
}

/// One row of the exception table: an exception raised by an instruction that starts in `start..end` continues at `target`,
/// with every register from `depth` on released. Of several rows that cover an instruction the first one counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Handler {
    /// First word covered
    pub start: u32,
    /// First word no longer covered
    pub end: u32,
    /// Where to go on; a `PushExc` stands there
    pub target: u32,
    /// Registers from this one on are released
    pub depth: u8,
}

/// One compiled function, class body, module or comprehension.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct CodeUnit {
    /// `__name__`; `<module>`, `<lambda>`, `<listcomp>` and so on for the nameless
    pub name: Box<str>,
    /// `__qualname__`
    pub qualname: Box<str>,
    /// The file name as tracebacks print it
    pub filename: Box<str>,
    /// Line of the `def`, or 1
    pub first_line: u32,
    /// Parameters
    pub params: Params,
    /// Number of registers of a frame, at most 256
    pub registers: u16,
    /// Registers from here on are temporaries
    pub first_temp: u16,
    /// Names of the locals, one per register from 0; cells and free variables included under their names.
    /// Hidden locals have no name here: the list may be shorter than `first_temp`.
    pub local_names: Vec<Box<str>>,
    /// Registers that hold cells made by this unit (by its `MakeCell`)
    pub cell_registers: Vec<u8>,
    /// Registers that hold cells of the closure, in closure order (filled by `LoadClosure`); in a comprehension they are its last parameters, and
    /// there is no closure
    pub free_registers: Vec<u8>,
    /// The instructions
    pub words: Vec<u32>,
    /// Constants
    pub constants: Vec<Const>,
    /// Names of globals and attributes
    pub names: Vec<Box<str>>,
    /// How many inline caches the instructions use
    pub caches: u16,
    /// The exception table, inner handlers first
    pub handlers: Vec<Handler>,
    /// Source positions, by rising `pc`
    pub positions: Vec<Position>,
    /// Docstring, if the body starts with one
    pub doc: Option<Box<str>>,
    /// A bit set of `FLAG_…`
    pub flags: u32,
    /// How many different attributes methods of this class body store on their first parameter (a guess at the size of
    /// an instance; 0 when this is not a class body)
    pub attribute_hint: u16,
}

/// The code contains `yield`: calling it makes a generator.
pub const FLAG_GENERATOR: u32 = 1;
/// `async def` without `yield`: calling it makes a coroutine.
pub const FLAG_COROUTINE: u32 = 2;
/// `async def` with `yield`.
pub const FLAG_ASYNC_GENERATOR: u32 = 4;
/// A class body or exec'd code: register 0 holds the namespace, names are looked up there first. Its one parameter.
pub const FLAG_NAMESPACE: u32 = 8;
/// A comprehension's or generator expression's hidden function.
pub const FLAG_COMPREHENSION: u32 = 16;
/// A module or exec'd code (as opposed to a function or class).
pub const FLAG_MODULE: u32 = 32;
/// A driver, made by the VM: not seen in tracebacks.
pub const FLAG_DRIVER: u32 = 64;
/// A generator expression together with the builtin that consumes it (`set(x for x in y)`). Instructions of the builtin have no line: what
/// they raise does not come from the expression.
pub const FLAG_COLLECTOR: u32 = 128;

impl CodeUnit {
    /// How many parameters the program sees: the cells of a comprehension are none.
    pub fn visible_parameters(&self) -> usize {
        let cells = if self.flags & FLAG_COMPREHENSION != 0 { self.free_registers.len() } else { 0 };
        (self.params.positional as usize).saturating_sub(cells)
    }

    /// Whether the instruction at word `pc` is one of the builtin that consumes a generator expression.
    pub fn is_consumer(&self, pc: usize) -> bool {
        self.flags & FLAG_COLLECTOR != 0 && self.position(pc).line == 0
    }

    /// The source position of the instruction at word `pc`.
    pub fn position(&self, pc: usize) -> Position {
        match self.positions.partition_point(|p| p.pc as usize <= pc) {
            0 => Position { line: self.first_line, end_line: self.first_line, ..Position::default() },
            after => self.positions[after - 1],
        }
    }
}
