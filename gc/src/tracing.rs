//! The steps that stop-the-world traces share: marking with weak references and finalizers in their order, and
//! dropping what died.
//!
//! The order is PEP 442's for traced death: weak references to the dead are cleared, finalizers become due once, what they can
//! reach stays until they have run.

use crate::header::FLAG_FINALIZED;
use crate::manager::Memory;
use crate::marker::{is_marked, Marker};

/// Marks everything reachable; clears dead weak references; makes finalizers due.
pub fn mark_all(memory: &mut Memory, marker: &mut Marker) {
    memory.blocks.clear_marks();
    memory.large.clear_marks();
    memory.visit_roots(marker);
    // SAFETY: roots and what they reach are valid objects.
    unsafe { marker.drain(&memory.shapes) };
    // SAFETY: the tables hold allocated objects; all of them lie in blocks or the large-object space.
    memory.weak.update(|object| unsafe { is_marked(object) }.then_some(object));
    // SAFETY: as above.
    let due = memory
        .finalization
        .collect_dead(|object| unsafe { !is_marked(object) && !(*object).has(FLAG_FINALIZED) });
    if due {
        memory.finalization.visit(marker);
        // SAFETY: as above.
        unsafe { marker.drain(&memory.shapes) };
    }
    // SAFETY: as above.
    memory.identity.update(|object| unsafe { is_marked(object) }.then_some(object));
}

/// Drops the payloads of droppable objects that are not marked.
pub fn drop_dead(memory: &mut Memory) {
    let mut droppable = std::mem::take(&mut memory.finalization.droppable);
    droppable.retain(|&object| {
        // SAFETY: the list holds allocated objects whose payload has not been dropped; unmarked ones are unreachable.
        unsafe {
            let alive = is_marked(object);
            if !alive {
                memory.drop_payload(object);
            }
            alive
        }
    });
    memory.finalization.droppable = droppable;
}
