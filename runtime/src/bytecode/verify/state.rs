//! What is known of each register at a point of a unit.

use super::Problem;

/// What a register holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Is {
    /// Nothing that may be read
    Undefined,
    /// The second of a method pair: a value or a hole, for a method call only
    Maybe,
    /// Some value
    Value,
    /// The cell of a variable
    Cell,
    /// A copy of a cell, for a closure
    CellCopy,
    /// A tuple of so many cells
    Cells(u8),
    List,
    Set,
    Dict,
    Tuple,
    Str,
    Exception,
    /// What `PushExc` saved for `PopExc`
    Saved,
}

impl Is {
    /// Whether it may be read as an ordinary value.
    pub(super) fn is_value(self) -> bool {
        !matches!(self, Is::Undefined | Is::Maybe | Is::Cell | Is::Saved)
    }
}

/// All registers.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) registers: Vec<Is>,
    first_temp: usize,
}

impl State {
    pub(super) fn new(registers: usize, first_temp: usize, parameters: usize) -> State {
        let mut all = vec![Is::Undefined; registers];
        all[..parameters].fill(Is::Value);
        State { registers: all, first_temp }
    }

    /// Whether any temporary is defined.
    pub(super) fn live_temp(&self) -> Option<usize> {
        self.registers[self.first_temp..].iter().position(|is| *is != Is::Undefined)
    }

    /// The state at a handler: registers from `depth` on are released.
    pub(super) fn at_handler(&self, depth: usize) -> State {
        let mut state = self.clone();
        state.registers[depth..].fill(Is::Undefined);
        state
    }

    /// Joins another state that reaches the same place; whether this one changed.
    pub(super) fn join(&mut self, other: &State, pc: usize) -> Result<bool, Problem> {
        let mut changed = false;
        for (number, (mine, theirs)) in self.registers.iter_mut().zip(&other.registers).enumerate() {
            if mine == theirs {
                continue;
            }
            let is_temp = number >= self.first_temp;
            let joined = match (*mine, *theirs) {
                (Is::Cell, _) | (_, Is::Cell) => {
                    return Err(Problem::at(pc, format!("register {number} is a cell on some paths only")));
                }
                (Is::Undefined, _) | (_, Is::Undefined) if is_temp => {
                    let temp = number - self.first_temp;
                    return Err(Problem::at(pc, format!("temporary t{temp} is defined on some paths only")));
                }
                (Is::Saved, _) | (_, Is::Saved) if is_temp => {
                    return Err(Problem::at(pc, "a saved exception in a temporary"));
                }
                (Is::Undefined | Is::Saved, _) | (_, Is::Undefined | Is::Saved) => Is::Undefined,
                (Is::Maybe, _) | (_, Is::Maybe) => Is::Maybe,
                _ => Is::Value,
            };
            changed |= *mine != joined;
            *mine = joined;
        }
        Ok(changed)
    }
}
