//! The heap verifier: walks the whole heap and panics, naming the invariant, at the first thing that is wrong.
//!
//! V1 every allocated object has a registered shape. V2 every reference in a slot or root leads to an allocated object. V3 (counted) a
//! count is the number of references that own one, or is stuck. V4 an object on the zero queue is flagged so, and no other is.

use crate::header::{Header, COUNT_STUCK, FLAG_QUEUED};
use crate::heap::Core;
use crate::shape::{visit_slots, ShapeTable, Visitor};
use crate::value::Value;
use hashbrown::{HashMap, HashSet};

struct Edges {
    found: Vec<Value>,
}

impl Visitor for Edges {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            self.found.push(*slot);
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Checks the heap.
///
/// # Panics
/// When an invariant does not hold; `when` goes into the message.
pub fn check(core: &mut Core, when: &str) {
    let mut objects = Vec::new();
    core.manager.each_object(&mut core.memory, &mut |object| objects.push(object));
    let allocated: HashSet<usize> = objects.iter().map(|&o| o as usize).collect();
    let mut counts: HashMap<usize, u32> = HashMap::new();
    let mut edges = Edges { found: Vec::new() };
    core.memory.visit_roots(&mut edges);
    account(&core.memory.shapes, "a root", &mut edges, &allocated, &mut counts, when);
    for &object in &objects {
        // SAFETY: each_object shows allocated objects.
        let shape = unsafe { (*object).shape() };
        assert!(core.memory.shapes.knows(shape), "V1 {when}: an object has the unknown shape {}", shape.0);
        let name = core.memory.shapes.get(shape).name;
        // SAFETY: allocated and, at `&mut` points, initialised.
        unsafe { visit_slots(&core.memory.shapes, object, &mut edges) };
        account(&core.memory.shapes, name, &mut edges, &allocated, &mut counts, when);
    }
    if core.counted {
        check_counts(core, &objects, &counts, when);
    }
}

fn account(
    shapes: &ShapeTable,
    holder: &str,
    edges: &mut Edges,
    allocated: &HashSet<usize>,
    counts: &mut HashMap<usize, u32>,
    when: &str,
) {
    for value in edges.found.drain(..) {
        let address = value.bits() as usize;
        assert!(
            allocated.contains(&address),
            "V2 {when}: {holder} refers to something that is not allocated ({} shapes)",
            shapes.len()
        );
        *counts.entry(address).or_default() += 1;
    }
}

fn check_counts(core: &Core, objects: &[*mut Header], counts: &HashMap<usize, u32>, when: &str) {
    let queued: HashSet<usize> = core.memory.zero.iter().map(|&o| o as usize).collect();
    for &object in objects {
        // SAFETY: allocated.
        let header = unsafe { &*object };
        let expected = counts.get(&(object as usize)).copied().unwrap_or(0);
        let name = core.memory.shapes.get(header.shape()).name;
        assert!(
            header.count() == expected || header.count() == COUNT_STUCK,
            "V3 {when}: a {name} has count {} and {expected} references",
            header.count()
        );
        let is_queued = queued.contains(&(object as usize));
        assert!(header.has(FLAG_QUEUED) == is_queued, "V4 {when}: a {name} and the zero queue disagree");
        assert!(
            expected > 0 || is_queued || header.count() == COUNT_STUCK,
            "V3 {when}: a {name} has no references and is not queued"
        );
    }
}
