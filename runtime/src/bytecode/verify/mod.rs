//! Proves that a code unit is safe to run: the VM relies on all that is checked here and checks none of it again.
//!
//! First the *structure*: opcodes, operands, jump targets, constants of the right kind, the exception table. Then the
//! *flow*: an abstract interpretation over all paths, exceptions included, shows that no undefined register is read,
//! that temporaries are written once and read once, that cells are touched by cell instructions only, and that what is
//! said to be a list, a dict or an exception under construction is one. Nested units are verified too.
//!
//! What a value *means* is not proved: `next` of something that is no iterator is the VM's to refuse.

mod flow;
mod state;
mod structure;
#[cfg(test)]
mod tests;

use super::{dis, CodeUnit, Const};
use std::fmt;

/// Why a unit is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyError {
    /// `__qualname__` of the unit
    pub unit: String,
    /// Word index of the instruction, if one is to blame
    pub pc: Option<usize>,
    /// The instruction, disassembled
    pub instruction: String,
    /// What is wrong
    pub why: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pc {
            Some(pc) => write!(f, "{} at {pc}: {}: {}", self.unit, self.instruction, self.why),
            None => write!(f, "{}: {}", self.unit, self.why),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Something wrong at a word of the unit under verification.
struct Problem {
    pc: Option<usize>,
    why: String,
}

impl Problem {
    fn at(pc: usize, why: impl Into<String>) -> Problem {
        Problem { pc: Some(pc), why: why.into() }
    }

    fn general(why: impl Into<String>) -> Problem {
        Problem { pc: None, why: why.into() }
    }
}

type Checked = Result<(), Problem>;

/// Verifies a unit and all units nested in it.
pub fn verify(unit: &CodeUnit) -> Result<(), VerifyError> {
    let mut pending = vec![unit];
    while let Some(unit) = pending.pop() {
        let checked = structure::check(unit).and_then(|code| flow::check(unit, &code));
        checked.map_err(|problem| VerifyError {
            unit: unit.qualname.to_string(),
            pc: problem.pc,
            instruction: problem.pc.map_or_else(String::new, |pc| dis::instruction(unit, pc).0),
            why: problem.why,
        })?;
        pending.extend(unit.constants.iter().filter_map(|constant| match constant {
            Const::Code(nested) => Some(&**nested),
            _ => None,
        }));
    }
    Ok(())
}
