//! [`Snapshot`]: all objects of a heap at one moment, by type, and the graph that they form.
//!
//! It is taken at a `&mut` point and is plain data from then on. It needs memory in proportion to the heap, about 60 bytes for an object and 12 for a
//! reference, and fails when there is none. Garbage that is not collected yet is in it: what roots don't reach. Leaves out what objects are called
//! beyond their type, and references between them that keep nothing alive.

use crate::graph::{self, Place, Root};
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::object::{Any, Local};
use crate::shape::object_size;
use crate::value::Value;
use crate::Cx;
use hashbrown::HashMap;
use std::io::{self, Write};

/// What types of objects are called, and which have the same.
pub trait TypeNames {
    /// Objects with the same number have the same type.
    fn key(&self, cx: &Cx<'_>, object: Local<'_>) -> u64;
    /// The type of an object, by its name.
    fn name(&self, cx: &Cx<'_>, object: Local<'_>) -> String;
}

/// Types as the heap knows them: shapes.
#[derive(Clone, Copy, Debug)]
pub struct ShapeNames;

impl TypeNames for ShapeNames {
    fn key(&self, _: &Cx<'_>, object: Local<'_>) -> u64 {
        object.shape().map_or(0, |shape| shape.0.into())
    }

    fn name(&self, cx: &Cx<'_>, object: Local<'_>) -> String {
        cx.shape_name(object).to_owned()
    }
}

/// The objects of a type together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeCount {
    /// Its name.
    pub name: String,
    /// How many there are.
    pub objects: u64,
    /// What they take, memory outside the heap that they own included.
    pub bytes: u64,
}

/// An object.
#[derive(Clone, Copy, Debug)]
struct Node {
    kind: u32,
    bytes: u64,
    /// Where its references end.
    end: usize,
}

/// A heap at one moment.
#[derive(Clone, Default, Debug)]
pub struct Snapshot {
    types: Vec<TypeCount>,
    nodes: Vec<Node>,
    references: Vec<(u32, Place)>,
    roots: Vec<(Root, u32)>,
}

/// Room for one more, or an error.
fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), HeapFull> {
    list.try_reserve(1).map_err(|_| HeapFull { requested: size_of::<T>() * (list.len() + 1) })?;
    list.push(item);
    Ok(())
}

impl Cx<'_> {
    /// Takes a snapshot of the heap.
    pub fn snapshot(&mut self, names: &dyn TypeNames) -> Result<Snapshot, HeapFull> {
        self.may_grow(size_of::<Node>())?;
        let mut snapshot = Snapshot::default();
        let mut objects: Vec<*mut Header> = Vec::new();
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        let (core, mut result) = (self.core_mut(), Ok(()));
        let counted = core.counted;
        core.manager.each_object(&mut core.memory, &mut |object| {
            // SAFETY: each_object shows allocated objects. One without references under a counting manager is about to die.
            if counted && unsafe { (*object).count() } == 0 {
                return;
            }
            let full = HeapFull { requested: 16 * (objects.len() + 1) };
            let room = numbers.try_reserve(1).is_ok() && objects.len() < u32::MAX as usize;
            result = if room { push(&mut objects, object) } else { Err(full) }.and(result);
            if result.is_ok() {
                numbers.insert(object as usize, objects.len() as u32 - 1);
            }
        });
        result?;
        self.add_types(names, &objects, &mut snapshot)?;
        let memory = &self.core_ref().memory;
        for (at, &object) in objects.iter().enumerate() {
            let mut result = Ok(());
            // SAFETY: allocated and, at `&mut` points, initialised.
            unsafe {
                graph::edges(memory, object, &mut |place, target| {
                    if let Some(&number) = numbers.get(&(target as usize)) {
                        result = push(&mut snapshot.references, (number, place)).and(result);
                    }
                });
            }
            result?;
            snapshot.nodes[at].end = snapshot.references.len();
        }
        let mut result = Ok(());
        graph::roots(memory, &mut |root, object| {
            if let Some(&number) = numbers.get(&(object as usize)) {
                result = push(&mut snapshot.roots, (root, number)).and(result);
            }
        });
        result.map(|()| snapshot)
    }

    /// Adds the objects without their references, and their types.
    fn add_types(
        &self,
        names: &dyn TypeNames,
        objects: &[*mut Header],
        snapshot: &mut Snapshot,
    ) -> Result<(), HeapFull> {
        let mut kinds: HashMap<u64, u32> = HashMap::new();
        for &object in objects {
            // SAFETY: allocated, and so until the next `&mut` point.
            let local = unsafe { Local::<Any>::from_value(Value::from_header(object)) };
            let key = names.key(self, local);
            let kind = match kinds.get(&key) {
                Some(&kind) => kind,
                None => {
                    kinds.try_reserve(1).map_err(|_| HeapFull { requested: 16 })?;
                    let count = TypeCount { name: names.name(self, local), objects: 0, bytes: 0 };
                    push(&mut snapshot.types, count)?;
                    let kind = snapshot.types.len() as u32 - 1;
                    kinds.insert(key, kind);
                    kind
                }
            };
            // SAFETY: as above.
            let bytes = unsafe { bytes_of(&self.core_ref().memory, object) };
            let count = &mut snapshot.types[kind as usize];
            (count.objects, count.bytes) = (count.objects + 1, count.bytes + bytes);
            push(&mut snapshot.nodes, Node { kind, bytes, end: 0 })?;
        }
        Ok(())
    }
}

/// What an object takes, outside the heap, too.
///
/// # Safety
/// It is allocated and initialised.
unsafe fn bytes_of(memory: &Memory, object: *mut Header) -> u64 {
    // SAFETY: by contract; the payload follows the header.
    unsafe {
        let external = memory.shapes.get((*object).shape()).external;
        let outside = external.map_or(0, |external| external((object as *const u8).add(8)));
        (object_size(&memory.shapes, object) + outside) as u64
    }
}

impl Snapshot {
    /// The types, biggest first.
    pub fn types(&self) -> Vec<&TypeCount> {
        let mut types: Vec<&TypeCount> = self.types.iter().collect();
        types.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
        types
    }

    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.nodes.len()
    }

    /// How many references there are between them.
    pub fn references(&self) -> usize {
        self.references.len()
    }

    /// What all objects take.
    pub fn bytes(&self) -> u64 {
        self.types.iter().map(|count| count.bytes).sum()
    }

    /// How many objects roots reach; the others are garbage that is not collected yet.
    pub fn reachable(&self) -> Result<usize, HeapFull> {
        let full = |_| HeapFull { requested: 5 * self.nodes.len() };
        let (mut seen, mut queue) = (Vec::new(), Vec::new());
        seen.try_reserve_exact(self.nodes.len()).map_err(full)?;
        seen.resize(self.nodes.len(), false);
        // An object is marked when it is queued, so the queue never holds more than there are.
        queue.try_reserve_exact(self.nodes.len()).map_err(full)?;
        let mut count = 0;
        let mut reach = |at: u32, queue: &mut Vec<u32>| {
            if !std::mem::replace(&mut seen[at as usize], true) {
                count += 1;
                queue.push(at);
            }
        };
        self.roots.iter().for_each(|root| reach(root.1, &mut queue));
        while let Some(at) = queue.pop() {
            self.references_of(at as usize).iter().for_each(|reference| reach(reference.0, &mut queue));
        }
        Ok(count)
    }

    fn references_of(&self, at: usize) -> &[(u32, Place)] {
        let start = at.checked_sub(1).map_or(0, |before| self.nodes[before].end);
        &self.references[start..self.nodes[at].end]
    }

    /// Writes it as JSON, an object a line. `types` counts objects and bytes by type; `objects` has for each its type (a number in `types`), its bytes
    /// and the numbers of those that it refers to; `roots` has what is alive by itself, by kind.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{{\"objects_total\":{},\"bytes_total\":{},", self.nodes.len(), self.bytes())?;
        out.write_all(b"\"types\":[\n")?;
        for (at, count) in self.types.iter().enumerate() {
            write!(out, "{}{{\"name\":\"", comma(at))?;
            write_escaped(out, &count.name)?;
            writeln!(out, "\",\"objects\":{},\"bytes\":{}}}", count.objects, count.bytes)?;
        }
        out.write_all(b"],\n\"roots\":[\n")?;
        for (at, &(root, object)) in self.roots.iter().enumerate() {
            let (kind, index) = (root.kind(), root.index());
            writeln!(out, "{}{{\"kind\":\"{kind}\",\"index\":{index},\"object\":{object}}}", comma(at))?;
        }
        out.write_all(b"],\n\"objects\":[\n")?;
        for (at, node) in self.nodes.iter().enumerate() {
            write!(out, "{}{{\"type\":{},\"bytes\":{},\"refs\":[", comma(at), node.kind, node.bytes)?;
            for (nth, (target, _)) in self.references_of(at).iter().enumerate() {
                write!(out, "{}{target}", comma(nth))?;
            }
            out.write_all(b"]}\n")?;
        }
        out.write_all(b"]}\n")
    }
}

fn comma(at: usize) -> &'static str {
    if at == 0 {
        ""
    } else {
        ","
    }
}

/// A text inside quotes of JSON.
fn write_escaped(out: &mut dyn Write, text: &str) -> io::Result<()> {
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if c < ' ' => write!(out, "\\u{:04x}", c as u32)?,
            c => write!(out, "{c}")?,
        }
    }
    Ok(())
}
