//! Fuel: how many more polls a program may pass.
//!
//! The countdown is the mutator's own. While it runs, the bit [`FUEL`] in the word of signals makes every poll take its slow half, where it
//! is counted; so it costs nothing when there is none. What burns at a poll (a back-edge, a call) and what happens when there is nothing left
//! is the language's business.

use crate::heap::Core;
use crate::protocol::signals::FUEL;
use crate::Cx;

impl Core {
    pub(crate) fn set_fuel(&mut self, fuel: Option<u64>) {
        self.memory.fuel = fuel.unwrap_or(0);
        match fuel {
            Some(_) => self.memory.signals.raise(FUEL),
            None => drop(self.memory.signals.take(FUEL)),
        }
    }

    pub(crate) fn fuel(&self) -> Option<u64> {
        (self.memory.signals.pending() & FUEL != 0).then_some(self.memory.fuel)
    }
}

impl Cx<'_> {
    /// Gives the heap fuel for so many polls; `None`: it needs none.
    pub fn set_fuel(&self, fuel: Option<u64>) {
        self.core_mut().set_fuel(fuel);
    }

    /// What is left; `None`: it needs none.
    pub fn fuel(&self) -> Option<u64> {
        self.core_ref().fuel()
    }

    /// Burns so many units, if the heap needs fuel; `false` when there are not as many left: then there are none.
    #[inline]
    pub fn burn(&self, units: u64) -> bool {
        let memory = &mut self.core_mut().memory;
        let left = memory.fuel;
        memory.fuel = left.saturating_sub(units);
        left >= units || memory.signals.pending() & FUEL == 0
    }
}
