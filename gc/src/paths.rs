//! Why an object is alive: the shortest path of references from a root to it.
//!
//! A breadth-first search from all roots. It needs memory in proportion to what it passes, 40 bytes or so for an object, and fails when there is none;
//! it never recurses. Paths are made of locals, so they are good until the next `&mut` point.
//!
//! Leaves out how a language calls things: [`Cx::path_text`] knows types and fields as the heap does.

use crate::graph::{self, Place, Root};
use crate::header::Header;
use crate::limits::HeapFull;
use crate::object::{Any, Local};
use crate::value::Value;
use crate::Cx;
use hashbrown::HashSet;
use std::fmt::Write;

/// How a root keeps an object alive.
#[derive(Debug)]
pub struct Path<'a> {
    /// What kind of root it is.
    pub root: Root,
    /// The root's object.
    pub start: Local<'a>,
    /// From there to the object asked for; empty when the root refers to it itself.
    pub steps: Vec<Step<'a>>,
}

/// A reference from the object before.
#[derive(Debug)]
pub struct Step<'a> {
    /// Where in that object.
    pub place: Place,
    /// What it refers to.
    pub object: Local<'a>,
}

impl<'a> Path<'a> {
    /// The object asked for.
    pub fn end(&self) -> Local<'a> {
        self.steps.last().map_or(self.start, |step| step.object)
    }
}

/// An object that the search has reached, and how.
struct Reached {
    object: *mut Header,
    via: Via,
}

#[derive(Clone, Copy)]
enum Via {
    Root(Root),
    Reference { holder: u32, place: Place },
}

/// What the search has reached, in its order; the end of it is the queue.
#[derive(Default)]
struct Search {
    reached: Vec<Reached>,
    known: HashSet<usize>,
    is_full: bool,
}

impl Search {
    fn add(&mut self, object: *mut Header, via: Via) {
        let room = !self.is_full
            && self.reached.len() < u32::MAX as usize
            && self.reached.try_reserve(1).is_ok()
            && self.known.try_reserve(1).is_ok();
        self.is_full = !room;
        if room && self.known.insert(object as usize) {
            self.reached.push(Reached { object, via });
        }
    }

    fn check(&self) -> Result<(), HeapFull> {
        match self.is_full {
            true => Err(HeapFull { requested: size_of::<Reached>() * (self.reached.len() + 1) }),
            false => Ok(()),
        }
    }
}

impl Cx<'_> {
    /// Shortest paths to the first `most` objects that are `wanted`, nearest first. An object that nothing but the stack refers to directly comes last:
    /// usually that is the handle of whoever asks.
    pub fn paths<'a>(
        &'a self,
        most: usize,
        wanted: &mut dyn FnMut(Local<'a>) -> bool,
    ) -> Result<Vec<Path<'a>>, HeapFull> {
        self.may_grow(size_of::<Reached>())?;
        let (mut search, mut found) = (Search::default(), Vec::new());
        let mut roots: Vec<(Root, *mut Header)> = Vec::new();
        graph::roots(&self.core_ref().memory, &mut |root, object| match roots.try_reserve(1) {
            Ok(()) => roots.push((root, object)),
            Err(_) => search.is_full = true,
        });
        search.check()?;
        // SAFETY: roots are allocated, and stay so until the next `&mut` point.
        let local = |object| unsafe { Local::<Any>::from_value(Value::from_header(object)) };
        let is_weak = |root: &Root| match root {
            Root::Class(shape) => self.core_ref().memory.shapes.get(*shape).mortal,
            Root::Queued(_) => true,
            _ => false,
        };
        // Roots that hold an object only as long as others do are asked after all others, and so is the stack for what is wanted.
        let late = |(root, object): &(Root, *mut Header), wanted: &mut dyn FnMut(Local<'a>) -> bool| {
            let asks = matches!(root, Root::Stack(_)) && wanted(local(*object));
            u8::from(is_weak(root)) + 2 * u8::from(asks)
        };
        let mut turns = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for root in roots {
            let turn = &mut turns[usize::from(late(&root, wanted))];
            turn.try_reserve(1).map_err(|_| HeapFull { requested: size_of_val(&root) })?;
            turn.push(root);
        }
        let mut next = 0;
        for turn in turns {
            for (root, object) in turn {
                search.add(object, Via::Root(root));
            }
            while found.len() < most {
                let Some(&Reached { object, .. }) = search.reached.get(next) else { break };
                if wanted(local(object)) {
                    found.try_reserve(1).map_err(|_| HeapFull { requested: size_of::<Path<'_>>() })?;
                    found.push(self.path(&search, next)?);
                }
                let holder = next as u32;
                let memory = &self.core_ref().memory;
                let mut add = |place, object| search.add(object, Via::Reference { holder, place });
                // SAFETY: what roots reach is allocated and initialised.
                unsafe { graph::edges(memory, object, &mut add) };
                search.check()?;
                next += 1;
            }
        }
        Ok(found)
    }

    /// The shortest path to an object, if a root reaches it.
    pub fn path_to<'a>(&'a self, object: Local<'_>) -> Result<Option<Path<'a>>, HeapFull> {
        let wanted = object.value();
        Ok(self.paths(1, &mut |local| local.value() == wanted)?.pop())
    }

    /// The way back from what the search has reached.
    fn path<'a>(&'a self, search: &Search, at: usize) -> Result<Path<'a>, HeapFull> {
        // SAFETY: what the search has reached is allocated, and stays so until the next `&mut` point.
        let local = |object| unsafe { Local::from_value(Value::from_header(object)) };
        let mut steps = Vec::new();
        let mut reached = &search.reached[at];
        loop {
            match reached.via {
                Via::Root(root) => {
                    steps.reverse();
                    return Ok(Path { root, start: local(reached.object), steps });
                }
                Via::Reference { holder, place } => {
                    steps.try_reserve(1).map_err(|_| HeapFull { requested: size_of::<Step<'_>>() })?;
                    steps.push(Step { place, object: local(reached.object) });
                    reached = &search.reached[holder as usize];
                }
            }
        }
    }

    /// A path as the heap knows it: the root, and a line for each object, with its type and where in the one before it is referred to.
    pub fn path_text(&self, path: &Path<'_>) -> String {
        let mut text = String::new();
        // Writing to a string can't fail.
        let _ = writeln!(text, "{} {}: {}", path.root.kind(), path.root.index(), self.shape_name(path.start));
        let mut holder = path.start;
        for step in &path.steps {
            let _ = writeln!(
                text,
                "  {} -> {}",
                self.place_text(holder, step.place),
                self.shape_name(step.object)
            );
            holder = step.object;
        }
        text
    }

    fn place_text(&self, holder: Local<'_>, place: Place) -> String {
        match place {
            Place::Field(offset) => match self.field_name(holder, offset) {
                Some(name) => format!(".{name}"),
                None => format!("at byte {offset}"),
            },
            Place::Item(at) => format!("[{at}]"),
            Place::Inner(at) => format!("reference {at}"),
            Place::Class => "class".into(),
        }
    }

    /// What the type of an object calls the slot at this byte of its payload.
    pub fn field_name(&self, object: Local<'_>, offset: u32) -> Option<&'static str> {
        graph::field_name(&self.core_ref().memory, object.shape()?, offset)
    }

    /// The name of an object's shape.
    pub fn shape_name(&self, object: Local<'_>) -> &'static str {
        object.shape().map_or("value", |shape| self.core_ref().memory.shapes.get(shape).name)
    }
}
