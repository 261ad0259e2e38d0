//! The heap verifier: walks the whole heap and panics, naming the invariant, at the first thing that is wrong.
//!
//! - V1 every allocated object has a registered shape.
//! - V2 every reference in a slot or root leads to an allocated object (where nothing is counted, in an inline cache too).
//! - V3 (counted) a count is the number of references that own one, or is stuck.
//! - V4 an object on the zero queue is flagged so, and no other is.
//! - V5 weak and identity tables hold allocated objects, flagged so, and no other object is.
//! - V6 (traced) an object with a drop is on the list of those exactly once; one whose finalizer has not run is registered or due.
//! - V7 the bytes that the heap charges itself are at least the sum of its objects' sizes.
//! - V8 (asked of the manager) what `each_object` shows, `contains` knows.
//! - V9 (asked of the manager) its own invariants hold.
//!
//! It needs memory of its own, and time in proportion to the heap: for tests and zeal.

use crate::header::{Header, COUNT_STUCK, FLAG_IDENTITY, FLAG_LOG, FLAG_QUEUED, FLAG_WEAK};
use crate::heap::Core;
use crate::shape::{due_finalizer, object_size, visit_slots, Visitor};
use crate::value::Value;
use hashbrown::{HashMap, HashSet};

struct Edges {
    counted: bool,
    found: Vec<Value>,
}

impl Visitor for Edges {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            self.found.push(*slot);
        }
    }

    fn uncounted(&mut self, slot: &mut Value) {
        // Where counts decide, a reference that owns none may be stale.
        if !self.counted {
            self.slot(slot);
        }
    }
}

type Addresses = HashSet<usize>;

/// Checks the heap.
///
/// # Panics
/// When an invariant does not hold; `when` goes into the message.
pub fn check(core: &mut Core, when: &str) {
    let mut objects = Vec::new();
    core.manager.each_object(&mut core.memory, &mut |object| objects.push(object));
    let allocated: Addresses = objects.iter().map(|&o| o as usize).collect();
    assert!(allocated.len() == objects.len(), "V8 {when}: an object is shown twice");
    let mut counts: HashMap<usize, u32> = HashMap::new();
    let mut edges = Edges { counted: core.counted, found: Vec::new() };
    core.memory.visit_roots(&mut edges);
    account("a root", &mut edges, &allocated, &mut counts, when);
    for &object in &objects {
        // SAFETY: each_object shows allocated objects.
        let shape = unsafe { (*object).shape() };
        assert!(core.memory.shapes.knows(shape), "V1 {when}: an object has the unknown shape {}", shape.0);
        let name = core.memory.shapes.get(shape).name;
        assert!(
            core.manager.contains(&core.memory, object),
            "V8 {when}: a {name} is shown but not contained"
        );
        // SAFETY: allocated and, at `&mut` points, initialised. A newborn's slots own no counts (Z3).
        let newborn = unsafe {
            visit_slots(&core.memory.shapes, object, &mut edges);
            core.counted && (*object).has(FLAG_LOG)
        };
        let mut uncounted = HashMap::new();
        let counts = if newborn { &mut uncounted } else { &mut counts };
        account(name, &mut edges, &allocated, counts, when);
    }
    if core.counted {
        check_counts(core, &objects, &counts, when);
    } else {
        check_lists(core, &objects, when);
    }
    check_tables(core, &objects, &allocated, when);
    check_bytes(core, &objects, when);
    core.manager.check(&mut core.memory, when);
}

fn account(
    holder: &str,
    edges: &mut Edges,
    allocated: &Addresses,
    counts: &mut HashMap<usize, u32>,
    when: &str,
) {
    for value in edges.found.drain(..) {
        let address = value.bits() as usize;
        assert!(
            allocated.contains(&address),
            "V2 {when}: {holder} refers to something that is not allocated"
        );
        *counts.entry(address).or_default() += 1;
    }
}

fn name(core: &Core, object: *mut Header) -> &'static str {
    // SAFETY: the callers' objects are allocated.
    core.memory.shapes.get(unsafe { (*object).shape() }).name
}

fn check_counts(core: &Core, objects: &[*mut Header], counts: &HashMap<usize, u32>, when: &str) {
    let entries = || core.memory.zero.iter().chain(&core.memory.held);
    let queued: Addresses = entries().map(|&o| o as usize).collect();
    assert!(queued.len() == entries().count(), "V4 {when}: an object is queued twice");
    for &object in objects {
        // SAFETY: allocated.
        let header = unsafe { &*object };
        let expected = counts.get(&(object as usize)).copied().unwrap_or(0);
        let name = name(core, object);
        let stuck = header.count() == COUNT_STUCK;
        assert!(
            header.count() == expected || stuck,
            "V3 {when}: a {name} has count {} and {expected} references",
            header.count()
        );
        let is_queued = queued.contains(&(object as usize));
        assert!(header.has(FLAG_QUEUED) == is_queued, "V4 {when}: a {name} and the zero queue disagree");
        assert!(
            !header.has(FLAG_LOG) || is_queued && !core.memory.held.contains(&object),
            "V4 {when}: a {name} is a newborn and not queued"
        );
        assert!(
            expected > 0 || is_queued || stuck,
            "V3 {when}: a {name} has no references and is not queued"
        );
    }
}

fn check_lists(core: &Core, objects: &[*mut Header], when: &str) {
    let lists = &core.memory.finalization;
    let droppable: Addresses = lists.droppable.iter().map(|&o| o as usize).collect();
    assert!(droppable.len() == lists.droppable.len(), "V6 {when}: an object is to be dropped twice");
    let mut due: Addresses = lists.registered.iter().map(|&o| o as usize).collect();
    assert!(due.len() == lists.registered.len(), "V6 {when}: an object is to be finalized twice");
    due.extend(lists.pending.iter().map(|v| v.bits() as usize));
    let mut listed = 0;
    for &object in objects {
        // SAFETY: allocated.
        let header = unsafe { &*object };
        let shape = core.memory.shapes.get(header.shape());
        let drops = shape.drop.is_some() || shape.external.is_some();
        listed += drops as usize;
        assert!(
            droppable.contains(&(object as usize)) == drops,
            "V6 {when}: a {} and the list of drops disagree",
            shape.name
        );
        assert!(
            // SAFETY: allocated.
            unsafe { due_finalizer(&core.memory.shapes, object) }.is_none()
                || due.contains(&(object as usize)),
            "V6 {when}: the finalizer of a {} would never run",
            shape.name
        );
    }
    assert!(listed == droppable.len(), "V6 {when}: the list of drops holds something that is not allocated");
}

fn check_tables(core: &Core, objects: &[*mut Header], allocated: &Addresses, when: &str) {
    let weak: Addresses = core.memory.weak.targets().map(|o| o as usize).collect();
    let identity: Addresses = core.memory.identity.objects().map(|o| o as usize).collect();
    let watching = || core.memory.weak.watchers.watchers();
    assert!(
        watching().all(|(_, watched)| weak.contains(&(watched as usize))),
        "V5 {when}: an object is watched, and not weakly referenced"
    );
    let watchers: Vec<usize> = watching().map(|(watcher, _)| watcher as usize).collect();
    for address in weak.iter().chain(&identity).chain(&watchers) {
        assert!(allocated.contains(address), "V5 {when}: a side table holds something that is not allocated");
    }
    for &object in objects {
        // SAFETY: allocated.
        let header = unsafe { &*object };
        let (is_weak, has_id) = (weak.contains(&(object as usize)), identity.contains(&(object as usize)));
        assert!(
            header.has(FLAG_WEAK) == is_weak && header.has(FLAG_IDENTITY) == has_id,
            "V5 {when}: a {} and the side tables disagree",
            name(core, object)
        );
    }
}

fn check_bytes(core: &Core, objects: &[*mut Header], when: &str) {
    // SAFETY: allocated objects of known shapes.
    let sizes: usize = objects.iter().map(|&o| unsafe { object_size(&core.memory.shapes, o) }).sum();
    let charged = core.memory.bytes() - core.memory.stats.external_bytes as usize;
    assert!(sizes <= charged, "V7 {when}: objects of {sizes} bytes in a heap of {charged}");
}
