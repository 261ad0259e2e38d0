//! Register bytecode: the instruction set, the code unit that carries it, its disassembly and its verification.
//!
//! This room is pure data: it knows nothing of heaps or objects. The compiler produces [`CodeUnit`]s, the
//! [`verify`](verify::verify) pass proves them safe to run, and the VM loads them into heap objects. [`codec`] makes bytes of them, to keep.
//!
//! # Encoding
//!
//! Code is a sequence of 32-bit words. The first word of an instruction holds the opcode in bits 0–7 and the
//! operands `a`, `b`, `c` in bits 8–15, 16–23 and 24–31; `bx` is the 16-bit operand in bits 16–31, `j` the signed
//! 24-bit operand in bits 8–31. Opcodes whose format has an *extension* are followed by one more word
//! ([`Ext`]). Jump distances count words from the end of the whole instruction.
//!
//! # Registers
//!
//! A frame has `registers` 8-bit-numbered registers: first the *locals* (parameters, variables, cells), then the *hidden
//! locals* that statements need (iterators, saved exceptions), then, from `first_temp` on, *temporaries*.
//!
//! **Reading a temporary moves its value out of it**: the register is undefined afterwards. Reading a local or hidden
//! local leaves it. That one rule gives the last-use analysis: under counting managers a temporary's count moves to
//! the reader instead of being duplicated and dropped, and no instruction is needed to release it. A temporary is
//! therefore written once and read once. An undefined register is a hole and not a value; the verifier proves that none is
//! read (locals that may be unbound are guarded by `CheckLocal`). Exceptions: operands marked [`Kind::Peek`] don't move.
#![forbid(unsafe_code)]

pub mod code;
pub mod codec;
pub mod dis;
mod driver;
pub mod op;
pub mod verify;

pub use code::{CodeUnit, Const, Handler, Params, Position};
pub use driver::Driver;
pub use op::{Ext, Format, Instr, Kind, Op};
