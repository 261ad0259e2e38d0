//! Looking at the heap as a whole: which objects there are, and which refer to which. For the `gc` module; costs a walk through the heap.

use super::raise::Raised;
use super::{check_room, dict, list, set, shape_of, shapes, tuple};
use taipan_gc::header::{Header, FLAG_FINALIZED};
use taipan_gc::shape::visit_slots;
use taipan_gc::{Cx, Handle, Local, Value, Visitor};

/// All objects that programs can see and that may refer to others, in no order that means anything.
pub fn containers<'s>(cx: &mut Cx<'s>) -> Result<Vec<Handle<'s>>, Raised> {
    let mut found: Vec<*mut Header> = Vec::new();
    // SAFETY: the core is this thread's, and the references end with the walk, which runs no code. Objects that are shown are allocated; one
    // without references under a counting manager is about to die.
    unsafe {
        let core = &mut *cx.core();
        let (memory, counted) = (&mut core.memory, core.counted);
        let shapes: *const taipan_gc::shape::ShapeTable = &memory.shapes;
        core.manager.each_object(memory, &mut |object| {
            let alive = !counted || (*object).count() > 0;
            if alive && (*shapes).get((*object).shape()).container {
                found.push(object);
            }
        });
    }
    check_room(cx, found.len())?;
    // SAFETY: nothing has been freed since.
    let root = |object| cx.root(unsafe { Local::from_value(Value::from_bits(object as u64)) });
    Ok(found.into_iter().map(root).collect())
}

/// Notes what slots hold.
struct Held(Vec<Value>);

impl Visitor for Held {
    fn slot(&mut self, slot: &mut Value) {
        if !slot.is_hole() {
            self.0.push(*slot);
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

fn slots(cx: &Cx<'_>, object: Local<'_>) -> Vec<Value> {
    let mut held = Held(Vec::new());
    // SAFETY: the object of a local is live; looking changes nothing.
    unsafe { visit_slots(&(*cx.core()).memory.shapes, object.value().bits() as *mut Header, &mut held) };
    held.0
}

/// What an object refers to, in the order in which CPython's `gc.get_referents` gives it, storage of ours left out.
pub fn referents<'s>(cx: &mut Cx<'s>, object: Handle<'_>) -> Result<Vec<Handle<'s>>, Raised> {
    let values = values_of(cx, object.get(cx));
    check_room(cx, values.len())?;
    // SAFETY: what a live object refers to is alive, and nothing has run since.
    Ok(values.into_iter().map(|value| cx.root(unsafe { Local::from_value(value) })).collect())
}

fn values_of(cx: &Cx<'_>, object: Local<'_>) -> Vec<Value> {
    if !object.value().is_ref() {
        return Vec::new();
    }
    if let Some(items) = list::of(cx, object) {
        return list::values(cx, items).iter().rev().copied().collect();
    }
    if let Some(items) = tuple::of(cx, object) {
        return tuple::values(items).iter().rev().copied().collect();
    }
    if let Some(table) = dict::of(cx, object) {
        let (mut values, mut at) = (Vec::new(), 0);
        while let Some((key, value)) = dict::next_entry(cx, table, &mut at) {
            values.extend([key.value(), value.value()]);
        }
        return values;
    }
    if let Some(table) = set::of(cx, object) {
        let (mut values, mut at) = (Vec::new(), 0);
        while let Some((key, _)) = dict::next_entry(cx, table, &mut at) {
            values.push(key.value());
        }
        return values;
    }
    let mut values = Vec::new();
    for value in slots(cx, object) {
        // SAFETY: what a live object refers to is alive.
        let local: Local<'_> = unsafe { Local::from_value(value) };
        match shape_of(local) {
            shapes::ARRAY | shapes::ENTRIES => values.extend(slots(cx, local)),
            shapes::INDEX => {}
            _ => values.push(value),
        }
    }
    values
}

/// Whether the object's finalizer has run.
pub fn is_finalized(object: Local<'_>) -> bool {
    object.header().is_some_and(|header| header.has(FLAG_FINALIZED))
}

/// Whether programs may see the object as a container: whether it may be part of a cycle.
pub fn is_container(cx: &Cx<'_>, object: Local<'_>) -> bool {
    // SAFETY: a shared read of this thread's core.
    object.shape().is_some_and(|shape| unsafe { (*cx.core()).memory.shapes.get(shape).container })
}
