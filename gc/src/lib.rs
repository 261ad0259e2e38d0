//! `taipan-gc`: a heap whose memory manager is chosen at run time.
//!
//! One object model (8-byte headers, shapes, slots), one rooting discipline (locals borrowed from `&Cx`, handles in scopes) and
//! one seam for managers. Usable by itself, without the language: derive [`Object`] for your own types.
//!
//! Knows nothing of Python.
//!
//! ```
//! use taipan_gc::{CollectKind, Cx, Handle, Heap, HeapConfig, HeapFull, Object, Slot};
//!
//! #[derive(Object)]
//! struct Entry {
//!     next: Slot<Entry>,
//!     key: i64,
//!     name: String,
//! }
//!
//! fn prepend<'s>(
//!     cx: &mut Cx<'s>,
//!     list: Handle<'_, Entry>,
//!     key: i64,
//!     visit: &mut dyn FnMut(&mut Cx<'_>),
//! ) -> Result<Handle<'s, Entry>, HeapFull> {
//!     let head = list.get(cx); // a Local: costs nothing, and is gone at the next `&mut`
//!     let fresh = cx.alloc(EntryInit { next: Some(head), key: key + head.key, name: format!("e{key}") })?;
//!     let fresh = cx.root(fresh); // to cross the call
//!     visit(cx); // may collect, may move everything
//!     fresh.get(cx).put(cx, Entry::next, Some(list.get(cx))); // the one way to store
//!     Ok(fresh)
//! }
//!
//! for manager in ["refcount", "mark"] {
//!     let mut heap = Heap::new(manager, &HeapConfig::default())?;
//!     heap.enter(|cx| {
//!         let first = cx.alloc(EntryInit { next: None, key: 1, name: "first".into() })?;
//!         let first = cx.root(first);
//!         let second = prepend(cx, first, 2, &mut |cx| cx.collect(CollectKind::Full))?;
//!         let entry = second.get(cx);
//!         assert_eq!((entry.key, entry.name.as_str()), (3, "e2"));
//!         assert_eq!(entry.next.get(cx).map(|next| next.key), Some(1));
//!         Ok::<(), HeapFull>(())
//!     })??;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// The derive names the crate as its users do.
#[cfg(loom)]
extern crate self as taipan_gc;

mod ahead;
mod alloc;
mod aside;
mod beside;
mod brief;
pub mod cache;
mod cells;
mod containers;
pub mod counting;
mod cx;
mod drain;
pub mod empties;
pub mod events;
pub mod finalize;
mod free;
mod fuel;
pub mod graph;
mod handle;
pub mod header;
mod heap;
pub mod hint;
mod holders;
mod layouts;
mod limits;
pub mod manager;
pub mod managers;
pub mod marker;
#[cfg(loom)]
pub mod model;
mod object;
mod owned;
pub mod pacing;
pub mod paths;
pub mod pauses;
pub mod pressure;
pub mod protocol;
mod raw;
pub mod refs;
pub mod roots;
pub mod shape;
pub mod snapshot;
pub mod space;
pub mod sweep;
pub mod sync;
pub mod timeline;
pub mod tracing;
mod trial;
mod types;
mod value;
mod verify;
mod watch;
pub mod weak;
mod zero;

pub(crate) use space::class_of as space_class_of;
pub(crate) use space::marks as space_mark;

pub use alloc::shape_for;
pub use containers::{ContainerField, SlotMap, SlotVec};
pub use cx::Cx;
pub use events::{Collection, Extent, Generation, Observer, Phase};
pub use graph::{Place, Root};
pub use handle::Handle;
pub use header::{Header, ShapeId};
pub use heap::{AllocationHook, CollectionHook, Core, Entered, Heap, HeapError};
pub use limits::{HeapConfig, HeapFull, OutOfRange, Stats, Thresholds, Zeal};
pub use manager::{CollectKind, Discipline, Facts, Manager, Memory};
pub use object::{Any, Field, Init, Local, Object, Payload, Slot, SlotMaker};
pub use owned::{Owned, Weak};
pub use paths::{Path, Step};
pub use pauses::Pauses;
pub use raw::{AllocFn, FreeFn, RawMemory};
pub use shape::{Shape, Tail, Visitor, STATIC_SHAPES};
pub use snapshot::{Snapshot, TypeNames};
pub use value::{Value, INT_MAX, INT_MIN};
pub use verify::check as verify;

#[cfg(feature = "derive")]
pub use taipan_gc_derive::Object;
