//! What programs call objects and the references between them: types for snapshots, and the words of "why is this object alive".
//!
//! The heap finds the path ([`Cx::paths`]); here it gets the names of attributes, keys and indices. Storage that programs never see
//! (the arrays behind lists, dicts and further attributes) is passed over. Nothing runs: no `__repr__` of the program's, no collection.

use super::instance::{with_info, ShapeInfo};
use super::layout::{Array, Class, Module};
use super::{builtin_classes, class, classes, dict, list, names, shapes, str, tuple, ROOTS};
use std::fmt::Write;
use taipan_gc::snapshot::TypeNames;
use taipan_gc::{Any, Cx, Local, Path, Place, Root, ShapeId, Value};

/// Most characters of a string that are shown.
const MAX_SHOWN: usize = 24;

/// Types by their classes; what programs never see, by its shape.
#[derive(Clone, Copy, Debug)]
pub struct ClassNames;

impl TypeNames for ClassNames {
    fn key(&self, cx: &Cx<'_>, object: Local<'_>) -> u64 {
        match class_of(cx, object) {
            Some(class) => class.value().bits(),
            // No address is so small.
            None => object.shape().map_or(0, |shape| shape.0.into()),
        }
    }

    fn name(&self, cx: &Cx<'_>, object: Local<'_>) -> String {
        type_name(cx, object)
    }
}

/// The class, if the object is one that programs see.
fn class_of<'a>(cx: &'a Cx<'_>, object: Local<'_>) -> Option<Local<'a, Class>> {
    let shape = object.shape().filter(|_| !is_storage(object))?;
    (builtin_classes::has_class(cx, shape) || class::is_by_content(shape)).then(|| class::of(cx, object))
}

/// The name of an object's class; of what programs never see, of its shape.
pub fn type_name(cx: &Cx<'_>, object: Local<'_>) -> String {
    match class_of(cx, object) {
        Some(class) => class::shown_name(cx, class),
        None => {
            let storage = object.shape().and_then(storage_name);
            storage.unwrap_or_else(|| cx.shape_name(object)).to_owned()
        }
    }
}

/// What storage that programs never see is called; `None`: the shape is no such storage's.
pub(super) fn storage_name(shape: ShapeId) -> Option<&'static str> {
    match shape {
        shapes::ARRAY => Some("(storage)"),
        shapes::ENTRIES => Some("(storage of entries)"),
        shapes::INDEX => Some("(hash index)"),
        shapes::PINNED => Some("(pinned bytes)"),
        _ => None,
    }
}

/// The object's type, and what tells it from others: a name, a length, the beginning of a text.
pub fn describe(cx: &Cx<'_>, object: Local<'_>) -> String {
    let kind = type_name(cx, object);
    let hint = if let Some(text) = str::of(cx, object) {
        quoted(&str::lossy(text))
    } else if let Some(class) = class::as_class(cx, object) {
        quoted(&class::qualname(cx, class))
    } else if let Some(items) = list::of(cx, object) {
        format!("of {}", list::len(items))
    } else if let Some(items) = tuple::of(cx, object) {
        format!("of {}", tuple::len(items))
    } else if let Some(table) = dict::of(cx, object) {
        format!("of {}", dict::len(table))
    } else if let Some(module) = object.downcast::<Module>(cx) {
        let attributes = module.dict.get(cx);
        let name = attributes.and_then(|dict| dict::get_name(cx, dict, names::local(cx, names::NAME)));
        name.map_or(String::new(), |name| key_text(cx, name))
    } else if let Some(function) = object.downcast::<super::layout::Function>(cx) {
        function.qualname.get(cx).map_or(String::new(), |name| key_text(cx, name))
    } else {
        String::new()
    };
    format!("{kind} {hint}").trim_end().to_owned()
}

fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(MAX_SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("'{}{more}'", shown.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\""))
}

/// A key, as far as it has a text without running code.
fn key_text(cx: &Cx<'_>, key: Local<'_>) -> String {
    match str::of(cx, key) {
        Some(text) => quoted(&str::lossy(text)),
        None => match key.value().as_int() {
            Some(number) => number.to_string(),
            None => describe_value(cx, key),
        },
    }
}

fn describe_value(cx: &Cx<'_>, value: Local<'_>) -> String {
    match value.value().is_ref() {
        true => describe(cx, value),
        false => class::type_name(cx, value),
    }
}

/// A path in the program's words: the root, and a line for each object with how the one before refers to it.
pub fn path_text(cx: &Cx<'_>, path: &Path<'_>) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(text, "{}: {}", root_text(path.root), describe(cx, path.start));
    let mut holder = path.start;
    // Who keeps things in the storage that was reached, and where.
    let mut owner: Option<(Local<'_>, Place)> = is_storage(path.start).then_some((path.start, Place::Class));
    for (at, step) in path.steps.iter().enumerate() {
        let name = match owner {
            Some((owner, through)) => item(cx, owner, through, holder, step.place),
            None => reference(cx, holder, step.place),
        };
        let is_last = at + 1 == path.steps.len();
        if is_storage(step.object) && !is_last {
            owner = Some((holder, step.place));
        } else {
            let _ = writeln!(text, "  {name} -> {}", describe(cx, step.object));
            owner = None;
        }
        holder = step.object;
    }
    text
}

fn root_text(root: Root) -> String {
    match root {
        Root::Stack(at) if (at as usize) < ROOTS => fixed_root(at as usize).to_owned(),
        Root::Stack(at) => format!("a variable or temporary of what runs (place {at} of the stack)"),
        Root::Owned(at) => format!("a reference that the runtime or its host owns (number {at})"),
        Root::Finalizer(_) => "a finalizer or callback that is due".into(),
        Root::Class(_) => "the class of a kind of objects".into(),
        Root::Queued(_) => "about to die".into(),
    }
}

fn fixed_root(at: usize) -> &'static str {
    use super::Root;
    match at {
        _ if at == Root::Pending as usize => "the exception on its way",
        _ if at == Root::Handled as usize => "the exception being handled",
        _ if at == Root::Builtins as usize => "builtins",
        _ if at == Root::Modules as usize => "sys.modules",
        _ if at == Root::Sys as usize => "sys",
        _ if at >= Root::Classes as usize => "a builtin class",
        _ => "the runtime",
    }
}

/// Whether the object is storage that programs never see.
fn is_storage(object: Local<'_>) -> bool {
    object.shape().and_then(storage_name).is_some()
}

/// What a reference is called by its place in the object.
fn reference(cx: &Cx<'_>, holder: Local<'_>, place: Place) -> String {
    match place {
        Place::Class => ".__class__".into(),
        Place::Item(at) => format!("[{at}]"),
        Place::Inner(at) if holder.shape() == Some(shapes::CODE) => format!("constant or name {at}"),
        Place::Inner(at) => format!("reference {at}"),
        Place::Field(offset) => match attribute(cx, holder, offset) {
            Some(name) => format!(".{name}"),
            None => field(cx, holder, offset),
        },
    }
}

/// A slot of the layout, by the name that programs have for it, if they have one.
fn field(cx: &Cx<'_>, holder: Local<'_>, offset: u32) -> String {
    let Some(name) = cx.field_name(holder, offset) else { return nameless(cx, holder, offset) };
    let special = match (name, object_kind(cx, holder)) {
        ("value", _) if holder.shape() == Some(shapes::CELL) => return ".cell_contents".into(),
        ("function", _) if holder.shape() == Some(shapes::BOUND_METHOD) => "func",
        ("receiver", _) => "self",
        ("keyword_defaults", _) => "kwdefaults",
        ("dict", _) => "dict",
        (_, true) => name,
        _ => return format!(".{name}"),
    };
    format!(".__{special}__")
}

/// A slot without a name. Those of a host's object are numbered, as they are where they lie outside of it.
fn nameless(cx: &Cx<'_>, holder: Local<'_>, offset: u32) -> String {
    let word = offset / 8;
    // SAFETY: a shared read of this thread's core.
    let shape = holder.shape().map(|shape| unsafe { *(*cx.core()).memory.shapes.get(shape) });
    match shape {
        Some(shape) if shape.name == HOST_OBJECT => {
            let before = shape.slots & ((1 << (word + 1)) - 1);
            format!("reference {}", before.count_ones())
        }
        _ => format!("slot {word}"),
    }
}

/// The name of shapes of objects of host types.
pub const HOST_OBJECT: &str = "host object";

/// Whether the object is a function or a class: most of their slots have names with underscores.
fn object_kind(cx: &Cx<'_>, holder: Local<'_>) -> bool {
    holder.shape() == Some(shapes::FUNCTION) || class::as_class(cx, holder).is_some()
}

/// The attribute of an instance in this slot.
fn attribute(cx: &Cx<'_>, holder: Local<'_>, offset: u32) -> Option<String> {
    let shape = holder.shape()?;
    let word = offset as usize / 8 + 1;
    let (extra, is_dict) = with_info(cx, shape, |info| (info.extra as usize, info.is_dict))?;
    match word.checked_sub(extra) {
        _ if extra == 0 => None,
        None => None,
        Some(0) => Some("__dict__".into()),
        Some(_) if is_dict => Some("__slots__".into()),
        Some(at) => attribute_name(cx, shape, at - 1),
    }
}

/// The name of the attribute with this number: shapes know their last one and the shape before.
fn attribute_name(cx: &Cx<'_>, mut shape: ShapeId, at: usize) -> Option<String> {
    loop {
        let read = |info: &ShapeInfo| (info.count as usize, info.name, info.parent);
        let (count, name, parent) = with_info(cx, shape, read)?;
        if count <= at {
            return None;
        }
        if count == at + 1 {
            return Some(str::lossy(names::local(cx, name)));
        }
        shape = parent;
    }
}

/// What a place of storage is called by the object that keeps it there.
fn item(cx: &Cx<'_>, owner: Local<'_>, through: Place, storage: Local<'_>, place: Place) -> String {
    let Place::Item(at) = place else { return reference(cx, storage, place) };
    let at = at as usize;
    let shape = owner.shape();
    if list::of(cx, owner).is_some() {
        return format!("[{at}]");
    }
    let is_set = class_of(cx, owner)
        .is_some_and(|class| matches!(class.kind.get(), classes::KIND_SET | classes::KIND_FROZENSET));
    let extra =
        shape.and_then(|shape| with_info(cx, shape, |info| (info.extra as usize, info.capacity as usize)));
    if let (Some((extra, capacity)), Place::Field(offset)) = (extra, through) {
        if extra != 0 && offset as usize / 8 + 1 == extra {
            let name = shape.and_then(|shape| attribute_name(cx, shape, capacity + at));
            return name.map_or_else(|| format!("attribute {at}"), |name| format!(".{name}"));
        }
    }
    if is_set {
        return "an element".into();
    }
    if dict::of(cx, owner).is_some() {
        // SAFETY: storage has this layout, and its values live until the next `&mut` point.
        let key: Local<'_> = unsafe {
            let array = Local::<Array>::from_value(storage.value());
            Local::<Any>::from_value(
                tuple::array_values(array).get(at / 3 * 3).copied().unwrap_or(Value::NONE),
            )
        };
        return match at % 3 {
            0 => format!("the key {}", key_text(cx, key)),
            _ => format!("[{}]", key_text(cx, key)),
        };
    }
    format!("{}[{at}]", reference(cx, owner, through))
}
