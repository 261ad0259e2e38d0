//! The heap as a graph: roots with their kinds, objects, and references with their places. For [`paths`](crate::paths) and
//! [`snapshot`](crate::snapshot).
//!
//! Looking changes nothing and runs nothing, so it takes `&Cx`. Weak references and inline caches are no edges: they keep nothing alive. Objects
//! keep their class alive through their shape, which is an edge here like any other.

use crate::header::{Header, ShapeId};
use crate::manager::Memory;
use crate::shape::{tail_len, visit_slots, Tail, Visitor};
use crate::value::Value;

/// Why an object is alive by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// It is on the value stack: a register, or rooted in a scope.
    Stack(u32),
    /// A host owns a reference; the entry of the table.
    Owned(u32),
    /// Its finalizer is due, or it is a watcher that is to be told.
    Finalizer(u32),
    /// A shape's class: a builtin one, or one that a shape keeps until a trace finds that it has no objects.
    Class(ShapeId),
    /// It waits on the zero queue, about to die or just born.
    Queued(u32),
}

impl Root {
    /// What kind of root it is, in a word.
    pub fn kind(self) -> &'static str {
        match self {
            Root::Stack(_) => "stack",
            Root::Owned(_) => "owned",
            Root::Finalizer(_) => "finalizer",
            Root::Class(_) => "class",
            Root::Queued(_) => "queued",
        }
    }

    /// Which of its kind.
    pub fn index(self) -> u32 {
        match self {
            Root::Stack(at) | Root::Owned(at) | Root::Finalizer(at) | Root::Queued(at) => at,
            Root::Class(shape) => shape.0,
        }
    }
}

/// Where in its holder a reference is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the fixed part of the payload, at this byte.
    Field(u32),
    /// In the tail, at this index.
    Item(u32),
    /// The n-th that the shape's trace function shows.
    Inner(u32),
    /// The class of the holder's shape.
    Class,
}

/// Calls `each` with every reference in an object.
struct Edges<'a> {
    object: usize,
    /// Bytes of the fixed part, and with the values of the tail.
    fixed: usize,
    end: usize,
    inner: u32,
    each: &'a mut dyn FnMut(Place, *mut Header),
}

impl Visitor for Edges<'_> {
    fn slot(&mut self, slot: &mut Value) {
        // By address: what the bitmap, the tail and the trace function show differs in where it lies.
        let at = (std::ptr::from_mut(slot) as usize).wrapping_sub(self.object);
        let place = match at {
            _ if at < self.fixed => Place::Field((at - 8) as u32),
            _ if at < self.end => Place::Item(((at - self.fixed) / 8) as u32),
            _ => {
                self.inner += 1;
                Place::Inner(self.inner - 1)
            }
        };
        if slot.is_ref() {
            (self.each)(place, slot.header());
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Calls `each` with the place and the target of every reference that an object holds; its class is last, if that is no root by itself.
///
/// # Safety
/// The object is allocated and initialised, and what it refers to is, too.
pub(crate) unsafe fn edges(memory: &Memory, object: *mut Header, each: &mut dyn FnMut(Place, *mut Header)) {
    // SAFETY: by contract.
    let shape = memory.shapes.get(unsafe { (*object).shape() });
    let (class, fixed) = (shape.class, shape.size as usize);
    let tail = match shape.tail {
        // SAFETY: by contract the object has that tail.
        Tail::Values => unsafe { tail_len(object) * 8 },
        _ => 0,
    };
    let owns_class = shape.mortal && class.is_ref();
    let mut edges = Edges { object: object as usize, fixed, end: fixed + tail, inner: 0, each };
    // SAFETY: by contract.
    unsafe { visit_slots(&memory.shapes, object, &mut edges) };
    if owns_class {
        (edges.each)(Place::Class, class.header());
    }
}

/// Calls `each` with the objects that are alive by themselves. Those that may well be alive by others come last: classes of shapes that die with
/// their class, and the zero queue.
pub(crate) fn roots(memory: &Memory, each: &mut dyn FnMut(Root, *mut Header)) {
    let mut tell = |root: fn(u32) -> Root, at: usize, value: Value| {
        if value.is_ref() {
            each(root(at as u32), value.header());
        }
    };
    memory.roots.owned.each(&mut |at, value| tell(Root::Owned, at, value));
    memory.roots.stack.values().iter().enumerate().for_each(|(at, &value)| tell(Root::Stack, at, value));
    let due = memory.finalization.pending.iter().chain(&memory.finalization.notices);
    due.enumerate().for_each(|(at, &value)| tell(Root::Finalizer, at, value));
    for mortal in [false, true] {
        memory.shapes.each_class(&mut |shape, class, is_mortal| {
            if is_mortal == mortal {
                each(Root::Class(shape), class.header());
            }
        });
    }
    for (at, &object) in memory.zero.iter().chain(&memory.held).enumerate() {
        each(Root::Queued(at as u32), object);
    }
}

/// What shapes call the field at this byte of a payload.
pub(crate) fn field_name(memory: &Memory, shape: ShapeId, offset: u32) -> Option<&'static str> {
    let fields = memory.shapes.get(shape).fields;
    fields.iter().find(|field| field.0 == offset as usize).map(|field| field.1)
}
