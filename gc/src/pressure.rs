//! The soft limit: above it the heap asks for full collections, and tells its host when they don't help.
//!
//! Programs notice nothing. The host is told at a `&mut` point: by a count in the statistics and, if it has given one, by a function, which
//! may set another limit. It is told again each time that the heap has grown by an eighth since; below the limit all begins anew.
//! Leaves out doing anything about it: the host sheds load, drops caches, or lowers the hard limit.

use crate::manager::{CollectKind, Memory};
use crate::Cx;

/// What a host has called when a heap stays above its soft limit: with the heap's bytes now, and the limit. It may give another limit.
pub type PressureFn = Box<dyn FnMut(usize, usize) -> Option<usize> + Send>;

/// The soft limit of a heap.
pub struct Pressure {
    limit: usize,
    /// Above so many bytes a full collection is due.
    next: usize,
    told: Option<PressureFn>,
}

impl std::fmt::Debug for Pressure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pressure({}, next {})", self.limit, self.next)
    }
}

impl Pressure {
    pub(crate) fn new(limit: Option<usize>) -> Pressure {
        let limit = limit.unwrap_or(usize::MAX);
        Pressure { limit, next: limit, told: None }
    }

    /// Whether so many bytes are above what was seen last.
    #[inline]
    pub(crate) fn is_passed(&self, bytes: usize) -> bool {
        bytes > self.next
    }

    pub(crate) fn set_limit(&mut self, limit: Option<usize>) {
        self.limit = limit.unwrap_or(usize::MAX);
        self.next = self.limit;
    }

    pub(crate) fn set_told(&mut self, told: Option<PressureFn>) {
        self.told = told;
    }
}

impl Memory {
    /// Whether a full collection is due because of the soft limit.
    pub(crate) fn is_pressed(&self) -> bool {
        self.pressure.is_passed(self.bytes())
    }
}

impl Cx<'_> {
    /// Changes the hard and the soft limit; what the heap takes already stays.
    pub fn set_limits(&self, hard: Option<usize>, soft: Option<usize>) {
        let memory = &mut self.core_mut().memory;
        memory.limit = hard;
        memory.pressure.set_limit(soft);
    }

    /// After a collection: whether it has helped, and if not, the host is told.
    pub(crate) fn relieve(&mut self, kind: CollectKind) {
        let core = self.core_mut();
        let bytes = core.memory.bytes();
        let pressure = &mut core.memory.pressure;
        if bytes <= pressure.limit {
            pressure.next = pressure.limit;
        } else if kind == CollectKind::Full && pressure.is_passed(bytes) {
            pressure.next = bytes.saturating_add(bytes / 8);
            core.memory.stats.pressures += 1;
            self.tell(bytes);
        }
    }

    #[cold]
    fn tell(&mut self, bytes: usize) {
        let pressure = &mut self.core_mut().memory.pressure;
        let limit = pressure.limit;
        let Some(mut told) = pressure.told.take() else { return };
        let limit = told(bytes, limit);
        let pressure = &mut self.core_mut().memory.pressure;
        // Unless it was replaced meanwhile.
        pressure.told.get_or_insert(told);
        if let Some(limit) = limit {
            pressure.limit = limit;
            pressure.next = pressure.next.max(limit);
        }
    }
}
