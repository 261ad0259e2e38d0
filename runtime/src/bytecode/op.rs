//! The opcode table: one row per instruction gives its name, operand kinds and meaning.
//!
//! Everything that must know an instruction's shape (compiler, verifier, disassembler) reads this table, so adding an
//! instruction is one row here and one arm in the interpreter loop.

/// To be raised when an instruction comes to do something else although its row says the same: bytecode that is kept names it, by way of the
/// [fingerprint](super::codec::fingerprint).
pub const REVISION: u32 = 1;

/// What one 8-bit (or wider) operand of an instruction means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Not used; must be zero.
    None,
    /// A register that is written. Its old value is released.
    Write,
    /// A register that is read; a temporary is moved out of.
    Read,
    /// A register that is read and never moved out of (used again later).
    Peek,
    /// A register that is read and written in place.
    ReadWrite,
    /// An 8-bit index into the constants.
    Const,
    /// A plain number.
    Imm,
    /// `c`: a register or, in `…K` forms, the 8-bit index of a constant.
    /// The first of a run of temporaries that are read (moved out of); how many: see the opcode.
    Run,
    /// The first of a run of temporaries that are written; how many: see the opcode.
    WriteRun,
    /// `bx`: a 16-bit index into the constants.
    Const16,
    /// `bx`: a signed 16-bit number.
    Int16,
    /// `bx`: an unsigned 16-bit number.
    Imm16,
    /// `j`: a signed 24-bit jump distance (uses a, b and c).
    Jump24,
}

/// What the second word of an instruction holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ext {
    /// There is no second word.
    None,
    /// Low 16 bits: index into the names. High 16 bits: index of an inline cache of this code unit.
    Name,
    /// A signed 32-bit jump distance.
    Jump,
    /// Index into the constants.
    Const,
    /// A plain number.
    Imm,
}

/// The shape of an instruction: its operands and its extension.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The opcode's name as the disassembler prints it.
    pub name: &'static str,
    /// Kinds of operands a, b, c. A 16-bit kind stands at `b` and a 24-bit one at `a`.
    pub operands: [Kind; 3],
    /// The second word, if there is one.
    pub ext: Ext,
}

macro_rules! opcodes {
    ($( $(#[$doc:meta])* $name:ident $a:ident $b:ident $c:ident $ext:ident; )*) => {
        /// An instruction's opcode.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        #[repr(u8)]
        pub enum Op { $( $(#[$doc])* $name, )* }

        /// Format of every opcode, indexed by its number.
        pub const FORMATS: &[Format] = &[
            $( Format { name: stringify!($name), operands: [Kind::$a, Kind::$b, Kind::$c], ext: Ext::$ext }, )*
        ];

        const ALL: &[Op] = &[ $( Op::$name, )* ];
    };
}

opcodes! {
    // ---- moves and constants ----
    /// r\[a] = r\[b]
    Move Write Read None None;
    /// r\[a] = constants\[bx]
    LoadK Write Const16 None None;
    /// r\[a] = the integer bx
    LoadInt Write Int16 None None;
    /// r\[a] = None (b=0), True (1), False (2), or undefined (3: a hole in a call's layout)
    LoadImm Write Imm None None;
    /// Makes r\[a] undefined, releasing its value; no error when it already is.
    Clear Write None None None;
    /// UnboundLocalError when local a is undefined.
    CheckLocal Peek None None None;
    /// `del` of local a, which is defined (guarded by CheckLocal).
    DeleteLocal Write None None None;

    // ---- cells (captured variables) and closures ----
    /// r\[a] = a new cell holding the value of r\[a], or an empty one when r\[a] is undefined
    MakeCell ReadWrite None None None;
    /// r\[a] = the bx-th cell of the running function's closure
    LoadClosure Write Imm16 None None;
    /// The parameter r\[a] is the cell of a free variable: so comprehensions get theirs; SystemError when it isn't
    TakeCell ReadWrite None None None;
    /// r\[a] = content of cell r\[b]; NameError/UnboundLocalError when empty
    LoadCell Write Peek None None;
    /// content of cell r\[a] = r\[b]
    StoreCell Peek Read None None;
    /// Empties cell r\[a]; with b=0 an error when it is empty already
    DeleteCell Peek Imm None None;

    // ---- names ----
    /// r\[a] = global or builtin `name`
    LoadGlobal Write None None Name;
    /// global `name` = r\[a]
    StoreGlobal Read None None Name;
    /// del global `name`
    DeleteGlobal None None None Name;
    /// r\[a] = `name` from namespace r\[b] (class bodies, exec), else global or builtin
    LoadName Write Peek None Name;
    /// namespace r\[a]\[name] = r\[b]
    StoreName Peek Read None Name;
    /// del namespace r\[a]\[name]
    DeleteName Peek None None Name;
    /// r\[a] = `name` from namespace r\[b], else the content of cell r\[c] (a free variable in a class body)
    LoadNameOrCell Write Peek Peek Name;

    // ---- unary ----
    /// r\[a] = -r\[b]
    Neg Write Read None None;
    /// r\[a] = +r\[b]
    Pos Write Read None None;
    /// r\[a] = ~r\[b]
    Invert Write Read None None;
    /// r\[a] = not r\[b]
    Not Write Read None None;

    // ---- binary: r[a] = r[b] op r[c] ----
    /// r\[a] = r\[b] + r\[c]
    Add Write Read Read None;
    /// r\[a] = r\[b] - r\[c]
    Sub Write Read Read None;
    /// r\[a] = r\[b] * r\[c]
    Mul Write Read Read None;
    /// r\[a] = r\[b] / r\[c]
    TrueDiv Write Read Read None;
    /// r\[a] = r\[b] // r\[c]
    FloorDiv Write Read Read None;
    /// r\[a] = r\[b] % r\[c]
    Mod Write Read Read None;
    /// r\[a] = r\[b] ** r\[c]
    Pow Write Read Read None;
    /// r\[a] = r\[b] & r\[c]
    And Write Read Read None;
    /// r\[a] = r\[b] | r\[c]
    Or Write Read Read None;
    /// r\[a] = r\[b] ^ r\[c]
    Xor Write Read Read None;
    /// r\[a] = r\[b] << r\[c]
    Shl Write Read Read None;
    /// r\[a] = r\[b] >> r\[c]
    Shr Write Read Read None;
    /// r\[a] = r\[b] @ r\[c]
    MatMul Write Read Read None;

    // ---- binary with a constant on the right: r[a] = r[b] op constants[c] ----
    /// r\[a] = r\[b] + constants\[c]
    AddK Write Read Const None;
    /// r\[a] = r\[b] - constants\[c]
    SubK Write Read Const None;
    /// r\[a] = r\[b] * constants\[c]
    MulK Write Read Const None;
    /// r\[a] = r\[b] / constants\[c]
    TrueDivK Write Read Const None;
    /// r\[a] = r\[b] // constants\[c]
    FloorDivK Write Read Const None;
    /// r\[a] = r\[b] % constants\[c]
    ModK Write Read Const None;
    /// r\[a] = r\[b] ** constants\[c]
    PowK Write Read Const None;
    /// r\[a] = r\[b] & constants\[c]
    AndK Write Read Const None;
    /// r\[a] = r\[b] | constants\[c]
    OrK Write Read Const None;
    /// r\[a] = r\[b] ^ constants\[c]
    XorK Write Read Const None;
    /// r\[a] = r\[b] << constants\[c]
    ShlK Write Read Const None;
    /// r\[a] = r\[b] >> constants\[c]
    ShrK Write Read Const None;

    // ---- in place: as above, but `__iadd__` and so on are tried first, and errors say `+=` ----
    /// r\[a] = r\[b] += r\[c]
    IAdd Write Read Read None;
    /// r\[a] = r\[b] -= r\[c]
    ISub Write Read Read None;
    /// r\[a] = r\[b] *= r\[c]
    IMul Write Read Read None;
    /// r\[a] = r\[b] /= r\[c]
    ITrueDiv Write Read Read None;
    /// r\[a] = r\[b] //= r\[c]
    IFloorDiv Write Read Read None;
    /// r\[a] = r\[b] %= r\[c]
    IMod Write Read Read None;
    /// r\[a] = r\[b] **= r\[c]
    IPow Write Read Read None;
    /// r\[a] = r\[b] &= r\[c]
    IAnd Write Read Read None;
    /// r\[a] = r\[b] |= r\[c]
    IOr Write Read Read None;
    /// r\[a] = r\[b] ^= r\[c]
    IXor Write Read Read None;
    /// r\[a] = r\[b] <<= r\[c]
    IShl Write Read Read None;
    /// r\[a] = r\[b] >>= r\[c]
    IShr Write Read Read None;
    /// r\[a] = r\[b] @= r\[c]
    IMatMul Write Read Read None;
    /// r\[a] = r\[b] += constants\[c]
    IAddK Write Read Const None;
    /// r\[a] = r\[b] -= constants\[c]
    ISubK Write Read Const None;
    /// r\[a] = r\[b] *= constants\[c]
    IMulK Write Read Const None;

    // ---- comparison ----
    /// r\[a] = r\[b] < r\[c]
    Lt Write Read Read None;
    /// r\[a] = r\[b] <= r\[c]
    Le Write Read Read None;
    /// r\[a] = r\[b] > r\[c]
    Gt Write Read Read None;
    /// r\[a] = r\[b] >= r\[c]
    Ge Write Read Read None;
    /// r\[a] = r\[b] == r\[c]
    Eq Write Read Read None;
    /// r\[a] = r\[b] != r\[c]
    Ne Write Read Read None;
    /// r\[a] = r\[b] is r\[c]
    Is Write Read Read None;
    /// r\[a] = r\[b] is not r\[c]
    IsNot Write Read Read None;
    /// r\[a] = r\[b] in r\[c]
    In Write Read Read None;
    /// r\[a] = r\[b] not in r\[c]
    NotIn Write Read Read None;

    // ---- jumps ----
    /// Jumps forward by j
    Jump Jump24 None None None;
    /// Jumps backward (j < 0) and polls: collection, interrupt, fuel
    Loop Jump24 None None None;
    /// Jumps when r\[a] is true
    JumpIfTrue Read None None Jump;
    /// Jumps when r\[a] is false
    JumpIfFalse Read None None Jump;
    /// Jumps and keeps r\[a] when it is true; otherwise releases r\[a] (a temporary) and goes on: `or`
    JumpIfTrueOrDrop Peek None None Jump;
    /// Jumps and keeps r\[a] when it is false; otherwise releases r\[a] (a temporary) and goes on: `and`
    JumpIfFalseOrDrop Peek None None Jump;
    /// Jumps when (r\[a] is None) == (b != 0)
    JumpIfNone Read Imm None Jump;
    /// Compare and jump: jumps when (r\[a] < r\[b]) == (c != 0)
    JumpLt Read Read Imm Jump;
    /// Jumps when (r\[a] <= r\[b]) == (c != 0)
    JumpLe Read Read Imm Jump;
    /// Jumps when (r\[a] > r\[b]) == (c != 0)
    JumpGt Read Read Imm Jump;
    /// Jumps when (r\[a] >= r\[b]) == (c != 0)
    JumpGe Read Read Imm Jump;
    /// Jumps when (r\[a] == r\[b]) == (c != 0)
    JumpEq Read Read Imm Jump;
    /// Jumps when (r\[a] != r\[b]) == (c != 0)
    JumpNe Read Read Imm Jump;
    /// Jumps when (r\[a] < constants\[b]) == (c != 0)
    JumpLtK Read Const Imm Jump;
    /// Jumps when (r\[a] <= constants\[b]) == (c != 0)
    JumpLeK Read Const Imm Jump;
    /// Jumps when (r\[a] > constants\[b]) == (c != 0)
    JumpGtK Read Const Imm Jump;
    /// Jumps when (r\[a] >= constants\[b]) == (c != 0)
    JumpGeK Read Const Imm Jump;
    /// Jumps when (r\[a] == constants\[b]) == (c != 0)
    JumpEqK Read Const Imm Jump;
    /// Jumps when (r\[a] != constants\[b]) == (c != 0)
    JumpNeK Read Const Imm Jump;

    // ---- attributes and items ----
    /// r\[a] = r\[b].name
    GetAttr Write Read None Name;
    /// r\[a].name = r\[b]
    SetAttr Read Read None Name;
    /// del r\[a].name
    DelAttr Read None None Name;
    /// r\[a] = r\[b]\[r\[c]]
    GetItem Write Read Read None;
    /// r\[a] = r\[b]\[constants\[c]]
    GetItemK Write Read Const None;
    /// r\[a]\[r\[b]] = r\[c]
    SetItem Read Read Read None;
    /// del r\[a]\[r\[b]]
    DelItem Read Read None None;
    /// r\[a] = r\[b]\[slice(r\[c], r\[c+1], r\[c+2])]; the three are temporaries
    GetSlice Write Read Run None;
    /// r\[a]\[slice(r\[b], r\[b+1], r\[b+2])] = r\[c]; the three are temporaries
    SetSlice Read Run Read None;
    /// r\[a] = slice(r\[b], r\[b+1], r\[b+2]); the three are temporaries
    BuildSlice Write Run None None;

    // ---- calls ----
    /// r\[c] = r\[a](r\[a+1] … r\[a+b]); function and arguments are temporaries
    Call Run Imm Write None;
    /// As Call; the ext-th constant is the tuple of names of the last arguments, which are keyword arguments
    CallKw Run Imm Write Const;
    /// r\[c] = r\[a](*r\[a+1], **r\[a+2]): a tuple or any iterable, and a dict or undefined
    CallEx Run None Write None;
    /// Looks up method `name` of r\[b]: r\[a] = function and r\[a+1] = self, or r\[a] = callable and r\[a+1] = undefined
    LoadMethod WriteRun Read None Name;
    /// `super().name` to be called, in a method whose first parameter is register 0: r\[b] is what `super` means there, c the register of
    /// the cell `__class__`; the pair at r\[a] as LoadMethod lays it out
    LoadSuper WriteRun Read Peek Name;
    /// r\[c] = method pair at r\[a], r\[a+1] called with the b arguments r\[a+2] …
    CallMethod Run Imm Write None;
    /// As CallMethod, with keyword names as in CallKw
    CallMethodKw Run Imm Write Const;
    /// r\[a], r\[a+1] = special method `name` of r\[b], looked up on its type, as LoadMethod lays it out;
    /// TypeError naming the context-manager protocol when missing
    LoadSpecial WriteRun Peek None Name;

    // ---- building ----
    /// r\[a] = function over code constant ext; temporaries r\[b] defaults tuple, r\[b+1] keyword defaults dict,
    /// r\[b+2] annotations dict, r\[b+3] closure tuple of cells; bits of c say which of the four there are
    MakeFunction Write Run Imm Const;
    /// r\[a] = the function of a comprehension, made once for the running function, which keeps it as number b
    MakeInner Write Imm None Const;
    /// Jumps when r\[a] is not the builtin of driver number b
    JumpUnlessDriven Peek Imm None Jump;
    /// r\[a] = (r\[b] … r\[b+c-1])
    BuildTuple Write Run Imm None;
    /// r\[a] = \[r\[b] … r\[b+c-1]]
    BuildList Write Run Imm None;
    /// r\[a] = {r\[b] … r\[b+c-1]}
    BuildSet Write Run Imm None;
    /// r\[a] = {r\[b]: r\[b+1], …}: c pairs
    BuildMap Write Run Imm None;
    /// r\[a] = the strings r\[b] … r\[b+c-1] joined (f-strings)
    BuildString Write Run Imm None;
    /// r\[a] = str, repr or ascii of r\[b] (c = 1, 2, 3)
    Convert Write Read Imm None;
    /// r\[a] = format(r\[b], r\[c])
    Format Write Read Read None;
    /// r\[a].append(r\[b]) for a list under construction
    ListAppend Peek Read None None;
    /// r\[a].extend(r\[b]) for a list under construction
    ListExtend Peek Read None None;
    /// r\[a].add(r\[b]) for a set under construction
    SetAdd Peek Read None None;
    /// r\[a].update(r\[b]) for a set under construction
    SetUpdate Peek Read None None;
    /// r\[a]\[r\[b]] = r\[c] for a dict under construction
    MapInsert Peek Read Read None;
    /// r\[a].update(r\[b]) for a dict under construction; TypeError unless r\[b] is a mapping
    MapUpdate Peek Read None None;
    /// As MapUpdate for the ** arguments of a call: duplicate or non-string keys are a TypeError. c: register of the callee (peeked)
    MapMerge Peek Read Peek None;
    /// r\[a] = tuple(list r\[b])
    ListToTuple Write Read None None;
    /// r\[a] … r\[a+c-1] = the c items of r\[b]; all temporaries or all locals
    Unpack WriteRun Read Imm None;
    /// r\[a] … = c items, a list of the middle, then ext items of r\[b]
    UnpackStar WriteRun Read Imm Imm;

    // ---- iteration ----
    /// r\[a] = iter(r\[b])
    GetIter Write Read None None;
    /// r\[a] = next(r\[b]), or jumps (a stays undefined) at the end
    ForIter Write Peek None Jump;
    /// At the end of a loop: polls, as Loop does; then r\[a] = next(r\[b]) and jumps back, or goes on (a stays as it is) at the end
    ForLoop Write Peek None Jump;

    // ---- exceptions ----
    /// At a handler's start: r\[a] = the exception caught, r\[b] = the exception that was being handled before
    PushExc Write Write None None;
    /// Ends handling: the exception saved in r\[a] becomes the handled one again; r\[a] becomes undefined
    PopExc ReadWrite None None None;
    /// r\[a] = whether exception r\[b] matches class or tuple r\[c]; TypeError for anything else
    ExcMatch Write Peek Read None;
    /// raise r\[a]
    Raise Read None None None;
    /// raise r\[a] from r\[b]
    RaiseFrom Read Read None None;
    /// Raises r\[a] again, with its traceback as it is (end of finally, no handler matched)
    Reraise Read None None None;
    /// `raise` alone: the exception being handled, or RuntimeError
    RaiseCurrent None None None None;
    /// r\[a], r\[a+1], r\[a+2] = type, value, traceback of exception r\[b] (temporaries)
    ExcParts WriteRun Peek None None;

    // ---- leaving ----
    /// Returns r\[a]
    Return Read None None None;
    /// Returns None
    ReturnNone None None None None;

    // ---- generators and coroutines ----
    /// Hands r\[b] to the resumer; on resumption r\[a] = the value sent
    Yield Write Read None None;
    /// `yield from` / `await`: sends r\[c] to iterator r\[b]. If that yields, hands the value on and runs this same
    /// instruction again when resumed, with r\[c] = the value sent; when it returns, r\[a] = its value. c is a hidden local.
    Delegate Write Peek Peek None;
    /// r\[a] = iterator for `yield from` r\[b] (generators pass as they are)
    GetYieldFromIter Write Read None None;
    /// r\[a] = iterator for `await` r\[b]; c: 0 await, 1 `async with` enter, 2 `async with` exit (for the message)
    GetAwaitable Write Read Imm None;
    /// r\[a] = r\[b].__aiter__()
    GetAIter Write Read None None;
    /// r\[a] = awaitable of r\[b].__anext__()
    GetANext Write Peek None None;

    // ---- statements with runtime help ----
    /// r\[a] = `__build_class__`
    LoadBuildClass Write None None None;
    /// r\[a] = AssertionError
    LoadAssertionError Write None None None;
    /// Makes sure that `__annotations__` exists: in namespace r\[a] (b=1) or the globals (b=0, a unused)
    SetupAnnotations Peek Imm None None;
    /// r\[a] = import of `name` with fromlist r\[b] (a tuple or None), level c
    ImportName Write Read Imm Name;
    /// r\[a] = r\[b].name, else the submodule; ImportError
    ImportFrom Write Peek None Name;
    /// from r\[a] import *, into the globals (b=0) or namespace register c (b=1)
    ImportStar Read Imm Imm None;

    // ---- match ----
    /// r\[a] = whether r\[b] matches a sequence pattern's kind (c=0) or a mapping pattern's (c=1)
    MatchKind Write Peek Imm None;
    /// r\[a] = tuple of the values of mapping r\[b] for the keys tuple r\[c], or None
    MatchKeys Write Peek Read None;
    /// r\[a] = tuple of the attributes of subject r\[b] for class pattern r\[c], or None.
    /// The ext-th constant is a tuple (number of positional patterns, keyword names…)
    MatchClass Write Peek Read Const;
    /// r\[a] = len(r\[b]) (sequence and mapping patterns)
    GetLen Write Peek None None;

    // ---- additions ----
    /// r\[a] = format(r\[b], ''): a replacement field of an f-string without conversion and specification
    FormatPlain Write Read None None;
    /// r\[a] = whether exception r\[b] is a StopAsyncIteration (the end of an `async for`)
    IsStopAsyncIteration Write Peek None None;
    /// Hands r\[a] to `sys.displayhook` (an expression typed at the prompt)
    Display Read None None None;
}

impl Op {
    /// The opcode with this number, or `None`.
    #[inline]
    pub fn from_u8(number: u8) -> Option<Op> {
        ALL.get(number as usize).copied()
    }

    /// Every opcode in order.
    pub fn all() -> &'static [Op] {
        ALL
    }

    /// This opcode's row of the table.
    #[inline]
    pub fn format(self) -> &'static Format {
        &FORMATS[self as usize]
    }

    /// How many words the instruction takes: 1 or 2.
    #[inline]
    pub fn width(self) -> usize {
        1 + usize::from(self.format().ext != Ext::None)
    }
}

/// The first word of an instruction, with accessors for its fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Instr(pub u32);

impl Instr {
    /// Packs opcode and three 8-bit operands.
    #[inline]
    pub const fn abc(op: Op, a: u8, b: u8, c: u8) -> Instr {
        Instr(op as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24)
    }

    /// Packs opcode, one 8-bit and one 16-bit operand.
    #[inline]
    pub const fn abx(op: Op, a: u8, bx: u16) -> Instr {
        Instr(op as u32 | (a as u32) << 8 | (bx as u32) << 16)
    }

    /// Packs opcode and a signed 24-bit distance; `None` when it does not fit.
    #[inline]
    pub const fn jump(op: Op, distance: i32) -> Option<Instr> {
        if distance < -(1 << 23) || distance >= 1 << 23 {
            return None;
        }
        Some(Instr(op as u32 | (distance as u32) << 8))
    }

    /// The opcode's number.
    #[inline(always)]
    pub const fn op(self) -> u8 {
        self.0 as u8
    }

    /// Operand a.
    #[inline(always)]
    pub const fn a(self) -> usize {
        (self.0 >> 8 & 0xff) as usize
    }

    /// Operand b.
    #[inline(always)]
    pub const fn b(self) -> usize {
        (self.0 >> 16 & 0xff) as usize
    }

    /// Operand c.
    #[inline(always)]
    pub const fn c(self) -> usize {
        (self.0 >> 24) as usize
    }

    /// The unsigned 16-bit operand.
    #[inline(always)]
    pub const fn bx(self) -> usize {
        (self.0 >> 16) as usize
    }

    /// The signed 16-bit operand.
    #[inline(always)]
    pub const fn sbx(self) -> i32 {
        self.0 as i32 >> 16
    }

    /// The signed 24-bit jump distance.
    #[inline(always)]
    pub const fn j(self) -> i32 {
        self.0 as i32 >> 8
    }
}
