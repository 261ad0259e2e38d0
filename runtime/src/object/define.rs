//! Defining classes: bases, MRO (C3: Barrett et al., 1996), namespace, slots, and the hooks that a class statement runs.

use super::class::{self, as_class, name, BUILTIN, EMBEDDED, NO_DICT, WEAKLY};
use super::classes::{self, *};
use super::layout::{Class, Code, Dict, Function, Member, MemberInit, Str, Tuple};
use super::names::{self, NameId};
use super::raise::{type_error, Raised};
use super::{attr, call, descriptor, dict, instance, iter, list, retrying, shapes, str, subclasses, tuple};
use crate::bytecode::{Instr, Op};
use taipan_gc::{Cx, Handle, Local, Value};

/// Makes a class: `type.__new__(metaclass, name, bases, namespace, **keywords)`.
pub fn new<'s>(
    cx: &mut Cx<'s>,
    metaclass: Handle<'_, Class>,
    class_name: Handle<'_, Str>,
    bases: &[Handle<'s>],
    namespace: Handle<'_, Dict>,
    keywords: Option<(&[Handle<'_>], Handle<'_, Tuple>)>,
) -> Result<Handle<'s, Class>, Raised> {
    let object = classes::handle(cx, classes::OBJECT).any();
    let bases: Vec<Handle<'s>> = if bases.is_empty() { vec![object] } else { bases.to_vec() };
    let best = best_base(cx, &bases)?;
    let metaclass = winner(cx, metaclass, &bases)?;
    let class = alloc(cx, metaclass, class_name, best)?;
    let attributes = dict::copy(cx, namespace)?;
    class.get(cx).put(cx, Class::dict, Some(attributes.get(cx)));
    let bases_tuple = tuple::new(cx, &bases)?;
    class.get(cx).put(cx, Class::bases, Some(bases_tuple.get(cx)));
    let order = linearise(cx, class, &bases)?;
    let mro = tuple::new(cx, &order)?;
    class.get(cx).put(cx, Class::mro, Some(mro.get(cx)));
    fill_in(cx, class, attributes)?;
    slots(cx, class, attributes, &bases)?;
    guess_capacity(cx, class, best, attributes);
    class::compute_flags(cx, class.get(cx));
    for &base in &bases {
        add_subclass(cx, base, class)?;
    }
    set_names(cx, class, attributes)?;
    init_subclass(cx, class, keywords)?;
    Ok(class)
}

/// The base whose layout the class gets: its kind, and the `__slots__` that no other base extends differently.
fn best_base<'s>(cx: &mut Cx<'s>, bases: &[Handle<'s>]) -> Result<Handle<'s, Class>, Raised> {
    let mut best: Option<Handle<'s, Class>> = None;
    for &base in bases {
        let Some(candidate) = class::of_handle(cx, base) else {
            return Err(type_error(cx, "bases must be types"));
        };
        if candidate.get(cx).kind.get() == KIND_FINAL {
            let name = name(cx, candidate.get(cx));
            return Err(type_error(cx, format!("type '{name}' is not an acceptable base type")));
        }
        let replace = match best {
            None => Some(true),
            Some(best) => extends(cx, best.get(cx), candidate.get(cx)),
        };
        match replace {
            Some(true) => best = Some(candidate),
            Some(false) => {}
            None => return Err(type_error(cx, "multiple bases have instance lay-out conflict")),
        }
    }
    Ok(best.unwrap_or(classes::handle(cx, classes::OBJECT)))
}

/// Whether the candidate's layout extends that of the best base so far; `None` when neither extends the other.
fn extends(cx: &Cx<'_>, best: Local<'_, Class>, candidate: Local<'_, Class>) -> Option<bool> {
    let (held, kind) = (best.kind.get(), candidate.kind.get());
    if held != KIND_OBJECT && kind != KIND_OBJECT && (held != kind || !same_start(cx, best, candidate)) {
        return None;
    }
    match (slotted(cx, best), slotted(cx, candidate)) {
        (Some(a), Some(b)) if class::is_subclass(cx, a, b) => Some(false),
        (Some(a), Some(b)) => class::is_subclass(cx, b, a).then_some(true),
        (Some(_), None) => (kind == KIND_OBJECT || held == kind).then_some(false),
        (None, Some(_)) => (held == KIND_OBJECT || held == kind).then_some(true),
        (None, None) => Some(held == KIND_OBJECT && kind != KIND_OBJECT),
    }
}

/// Whether two classes of the same kind mean the same by what their instances start with: all kinds but records and the embedder's do.
fn same_start(cx: &Cx<'_>, a: Local<'_, Class>, b: Local<'_, Class>) -> bool {
    let native = |class| {
        // SAFETY: the MRO of a live class holds live classes.
        let classes = class::mro(cx, class).iter().map(|&v| unsafe { Local::<Class>::from_value(v) });
        classes.into_iter().find(|c| c.flags.get() & (BUILTIN | EMBEDDED) != 0).map(|c| c.id.get())
    };
    !matches!(a.kind.get(), KIND_RECORD | KIND_EMBEDDED) || native(a) == native(b)
}

/// The first class of the MRO that has slots of its own.
fn slotted<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>) -> Option<Local<'a, Class>> {
    // SAFETY: the MRO of a live class holds live classes.
    let classes = class::mro(cx, class).iter().map(|&v| unsafe { Local::<Class>::from_value(v) });
    classes.into_iter().find(|c| {
        let mut at = 0;
        let Some(attributes) = class::attributes(cx, *c) else { return false };
        while let Some((_, value)) = dict::next_entry(cx, attributes, &mut at) {
            if value.downcast::<Member>(cx).is_some_and(|m| m.class.get(cx).is_some_and(|of| of.is(*c))) {
                return true;
            }
        }
        false
    })
}

/// Whether instances of the class keep the attribute in one of its `__slots__`.
pub(super) fn is_slot(cx: &Cx<'_>, class: Local<'_, Class>, name: NameId) -> bool {
    let name = names::local(cx, name);
    // SAFETY: the MRO of a live class holds live classes.
    class::mro(cx, class)
        .iter()
        .map(|&v| unsafe { Local::<Class>::from_value(v) })
        .any(|c| class::own(cx, c, name).is_some_and(|f| f.shape() == Some(shapes::MEMBER)))
}

/// The most derived metaclass.
pub fn winner<'s>(
    cx: &mut Cx<'s>,
    metaclass: Handle<'_, Class>,
    bases: &[Handle<'s>],
) -> Result<Handle<'s, Class>, Raised> {
    let winner = cx.root(metaclass.get(cx));
    for &base in bases {
        let candidate = class::of(cx, base.get(cx));
        if class::is_subclass(cx, winner.get(cx), candidate) {
            continue;
        }
        if !class::is_subclass(cx, candidate, winner.get(cx)) {
            return Err(type_error(
                cx,
                "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
            ));
        }
        winner.set(cx, candidate);
    }
    Ok(winner)
}

fn alloc<'s>(
    cx: &mut Cx<'s>,
    metaclass: Handle<'_, Class>,
    class_name: Handle<'_, Str>,
    best: Handle<'_, Class>,
) -> Result<Handle<'s, Class>, Raised> {
    let kind = best.get(cx).kind.get();
    retrying(cx, |cx| {
        let meta = metaclass.get(cx);
        let shape = if meta.is(classes::local(cx, classes::TYPE)) {
            shapes::CLASS
        } else {
            instance::root_shape(cx, meta)?
        };
        class::alloc_class(cx, shape, class::fresh_id(cx), class_name.get(cx).any(), kind, 0)
    })
}

/// C3 linearisation.
fn linearise<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    bases: &[Handle<'s>],
) -> Result<Vec<Handle<'s>>, Raised> {
    let mut chains: Vec<Vec<Value>> = Vec::new();
    for &base in bases {
        if let Some(base) = class::of_handle(cx, base) {
            chains.push(class::mro(cx, base.get(cx)).to_vec());
        }
    }
    let own: Vec<Value> = bases.iter().map(|b| b.get(cx).value()).collect();
    if let Some(twice) = own.iter().enumerate().find(|(i, v)| own[..*i].contains(v)).map(|(i, _)| bases[i]) {
        let name = as_class(cx, twice.get(cx)).map(|c| name(cx, c)).unwrap_or_default();
        return Err(type_error(cx, format!("duplicate base class {name}")));
    }
    chains.push(own);
    let mut order = vec![class.get(cx).value()];
    loop {
        chains.retain(|c| !c.is_empty());
        if chains.is_empty() {
            break;
        }
        let next = chains.iter().map(|c| c[0]).find(|&head| chains.iter().all(|c| !c[1..].contains(&head)));
        let Some(next) = next else {
            let mut stuck: Vec<Value> = Vec::new();
            for chain in &chains {
                if !stuck.contains(&chain[0]) {
                    stuck.push(chain[0]);
                }
            }
            // SAFETY: the values are classes held by the bases.
            let names: Vec<String> =
                stuck.iter().map(|&v| name(cx, unsafe { Local::from_value(v) })).collect();
            let names = names.join(", ");
            return Err(type_error(
                cx,
                format!("Cannot create a consistent method resolution\norder (MRO) for bases {names}"),
            ));
        };
        order.push(next);
        for chain in &mut chains {
            if chain[0] == next {
                chain.remove(0);
            }
        }
    }
    // SAFETY: the values are classes held by the bases and the new class; nothing has been freed since they were read.
    Ok(order.into_iter().map(|v| cx.root(unsafe { Local::from_value(v) })).collect())
}

/// What every class dict has: `__module__`, `__doc__`, `__qualname__` taken out, implicit static and class methods.
fn fill_in<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    attributes: Handle<'_, Dict>,
) -> Result<(), Raised> {
    let key = names::handle(cx, names::QUALNAME);
    if let Some(qualname) = dict::get_name(cx, attributes.get(cx), key.get(cx)).map(|q| cx.root(q)) {
        class.get(cx).put(cx, Class::qualname, Some(qualname.get(cx)));
        dict::remove_name(cx, attributes, key)?;
    }
    let key = names::handle(cx, names::CLASSCELL);
    if let Some(cell) = dict::get_name(cx, attributes.get(cx), key.get(cx)).map(|q| cx.root(q)) {
        if cell.get(cx).shape() == Some(shapes::CELL) {
            // SAFETY: the shape says so.
            let cell: Handle<'_, super::layout::CellObject> = unsafe { cell.cast() };
            cell.get(cx).put(cx, super::layout::CellObject::value, Some(class.get(cx).any()));
        }
        dict::remove_name(cx, attributes, key)?;
    }
    let key = names::handle(cx, names::DOC);
    if dict::get_name(cx, attributes.get(cx), key.get(cx)).is_none() {
        let none = super::none(cx);
        dict::set_name(cx, attributes, key, none)?;
    }
    let module = names::handle(cx, names::MODULE);
    if dict::get_name(cx, attributes.get(cx), module.get(cx)).is_none() {
        let caller = (super::rt(cx).hooks.caller)(cx);
        let globals = caller.and_then(|c| c.function.get(cx).globals.get(cx).map(|g| cx.root(g)));
        let name = names::local(cx, names::NAME);
        let found = globals.and_then(|g| dict::get_name(cx, g.get(cx), name).map(|v| cx.root(v)));
        if let Some(value) = found {
            dict::set_name(cx, attributes, module, value)?;
        }
    }
    wrap(cx, attributes, names::NEW, shapes::STATIC_METHOD)?;
    wrap(cx, attributes, names::INIT_SUBCLASS, shapes::CLASS_METHOD)?;
    wrap(cx, attributes, names::CLASS_GETITEM, shapes::CLASS_METHOD)?;
    let eq = names::local(cx, names::EQ);
    let hash = names::handle(cx, names::HASH);
    let local = attributes.get(cx);
    if dict::get_name(cx, local, eq).is_some() && dict::get_name(cx, local, hash.get(cx)).is_none() {
        let none = super::none(cx);
        dict::set_name(cx, attributes, hash, none)?;
    }
    Ok(())
}

fn wrap(
    cx: &mut Cx<'_>,
    attributes: Handle<'_, Dict>,
    name: NameId,
    shape: taipan_gc::ShapeId,
) -> Result<(), Raised> {
    let key = names::handle(cx, name);
    let Some(found) = dict::get_name(cx, attributes.get(cx), key.get(cx)).map(|f| cx.root(f)) else {
        return Ok(());
    };
    if found.get(cx).shape() == Some(shapes::FUNCTION) {
        let wrapped = descriptor::new_wrapper(cx, shape, found)?;
        dict::set_name(cx, attributes, key, wrapped)?;
    }
    Ok(())
}

/// `__slots__`: member descriptors, and no `__dict__` when no base has one.
fn slots<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    attributes: Handle<'_, Dict>,
    bases: &[Handle<'s>],
) -> Result<(), Raised> {
    let key = names::local(cx, names::SLOTS);
    let declared = dict::get_name(cx, attributes.get(cx), key).map(|d| cx.root(d));
    let inherited = bases.iter().filter_map(|b| as_class(cx, b.get(cx))).any(|b| b.flags.get() & WEAKLY != 0);
    if declared.is_none() || inherited {
        allow_weak(cx, class);
    }
    let Some(declared) = declared else { return Ok(()) };
    let names_declared = if str::of(cx, declared.get(cx)).is_some() {
        vec![declared]
    } else {
        let items = iter::to_list(cx, declared)?;
        let items = items.get(cx);
        cx.root_all(list::len(items), |n| list::item(cx, items, n).unwrap_or(Local::NONE))?
    };
    let mut with_dict = false;
    for name in names_declared {
        let Some(text) = str::of_handle(cx, name) else {
            let given = class::type_name(cx, name.get(cx));
            return Err(type_error(cx, format!("__slots__ items must be strings, not '{given}'")));
        };
        let spelled = str::lossy(text.get(cx));
        if spelled == "__dict__" || spelled == "__weakref__" {
            with_dict |= spelled == "__dict__";
            if spelled == "__weakref__" {
                allow_weak(cx, class);
            }
            continue;
        }
        check_slot(cx, class, &spelled)?;
        let spelled = mangle(&name_of(cx, class), &spelled);
        let id = names::intern(cx, &spelled)?;
        let key = names::handle(cx, id);
        if dict::get_name(cx, attributes.get(cx), key.get(cx)).is_some() {
            let message = format!("'{spelled}' in __slots__ conflicts with class variable");
            return Err(super::raise::value_error(cx, message));
        }
        let member =
            retrying(cx, |cx| cx.alloc(MemberInit { class: Some(class.get(cx)), name: Some(key.get(cx)) }))?;
        dict::set_name(cx, attributes, key, member.any())?;
    }
    let object = classes::local(cx, classes::OBJECT);
    let bare = bases
        .iter()
        .filter_map(|b| as_class(cx, b.get(cx)))
        .all(|b| b.is(object) || b.flags.get() & (NO_DICT | BUILTIN) != 0);
    if bare && !with_dict {
        let local = class.get(cx);
        local.flags.set(local.flags.get() | NO_DICT);
    }
    Ok(())
}

/// Instances may be referenced weakly, but those that CPython gives no room for that.
fn allow_weak(cx: &Cx<'_>, class: Handle<'_, Class>) {
    let local = class.get(cx);
    if !matches!(local.kind.get(), KIND_INT | KIND_BYTES | KIND_TUPLE) {
        local.flags.set(local.flags.get() | WEAKLY);
    }
}

fn check_slot(cx: &mut Cx<'_>, class: Handle<'_, Class>, spelled: &str) -> Result<(), Raised> {
    let mut letters = spelled.chars();
    let is_identifier = letters.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && letters.all(|c| c == '_' || c.is_alphanumeric());
    if !is_identifier {
        return Err(type_error(cx, "__slots__ must be identifiers"));
    }
    let base = match class.get(cx).kind.get() {
        KIND_INT => "int",
        KIND_BYTES => "bytes",
        KIND_TUPLE => "tuple",
        _ => return Ok(()),
    };
    Err(type_error(cx, format!("nonempty __slots__ not supported for subtype of '{base}'")))
}

fn name_of(cx: &Cx<'_>, class: Handle<'_, Class>) -> String {
    name(cx, class.get(cx))
}

fn mangle(class: &str, name: &str) -> String {
    let class = class.trim_start_matches('_');
    if name.starts_with("__") && !name.ends_with("__") && !class.is_empty() {
        format!("_{class}{name}")
    } else {
        name.to_owned()
    }
}

/// A first guess at how many slots instances need: what `__init__` stores on its first parameter, slots, and what the base needs.
fn guess_capacity(
    cx: &Cx<'_>,
    class: Handle<'_, Class>,
    best: Handle<'_, Class>,
    attributes: Handle<'_, Dict>,
) {
    let class = class.get(cx);
    let mut stored: Vec<u32> = Vec::new();
    let init = dict::get_name(cx, attributes.get(cx), names::local(cx, names::INIT));
    if let Some(function) = init.filter(|f| f.shape() == Some(shapes::FUNCTION)) {
        // SAFETY: the shape says so.
        let function: Local<'_, Function> = unsafe { Local::from_value(function.value()) };
        if let Some(code) = function.code.get(cx) {
            stored = names_stored_on_self(code);
        }
    }
    let mut at = 0;
    let mut members = 0;
    while let Some((_, value)) = dict::next_entry(cx, attributes.get(cx), &mut at) {
        members += usize::from(value.shape() == Some(shapes::MEMBER));
    }
    let inherited = best.get(cx).capacity.get() as usize;
    let guess = inherited + stored.len().max(members);
    class.capacity.set(guess.min(instance::MAX_CAPACITY) as u8);
}

fn names_stored_on_self(code: Local<'_, Code>) -> Vec<u32> {
    let words = &code.data.unit.words;
    let mut found = Vec::new();
    let mut pc = 0;
    while pc < words.len() {
        let instr = Instr(words[pc]);
        let Some(op) = Op::from_u8(instr.op()) else { break };
        if op == Op::SetAttr && instr.a() == 0 {
            let name = words[pc + 1] & 0xffff;
            if !found.contains(&name) {
                found.push(name);
            }
        }
        pc += op.width();
    }
    found
}

fn add_subclass<'s>(cx: &mut Cx<'s>, base: Handle<'s>, class: Handle<'s, Class>) -> Result<(), Raised> {
    match class::of_handle(cx, base) {
        Some(base) => subclasses::add(cx, base, class),
        None => Ok(()),
    }
}

fn set_names<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    attributes: Handle<'_, Dict>,
) -> Result<(), Raised> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((key, value)) = dict::next_entry(cx, attributes.get(cx), &mut at) {
        if value.shape().is_some() && attr::special(cx, value, names::SET_NAME).is_some() {
            found.push((cx.root(key), cx.root(value)));
        }
    }
    for (key, value) in found {
        if call::call_special(cx, value, names::SET_NAME, &[class.any(), key]).is_err() {
            return Err(set_name_failed(cx, class, key, value));
        }
    }
    Ok(())
}

/// What `__set_name__` raises becomes the cause of a RuntimeError.
#[cold]
fn set_name_failed(cx: &mut Cx<'_>, class: Handle<'_, Class>, key: Handle<'_>, value: Handle<'_>) -> Raised {
    cx.scoped(|cx| {
        let cause = super::raise::take(cx);
        let kind = class::type_name(cx, value.get(cx));
        let key = str::of(cx, key.get(cx)).map(str::lossy).unwrap_or_default();
        let owner = name(cx, class.get(cx));
        let message = format!("Error calling __set_name__ on '{kind}' instance '{key}' in '{owner}'");
        let raised = super::raise::raise(cx, classes::RUNTIME_ERROR, message);
        let error = cx.root(super::root(cx, super::Root::Pending));
        if super::raise::exception(cx, error.get(cx)).is_some() {
            super::raise::set_cause(cx, error, Some(cause));
            instance::put_word(cx, error.get(cx), super::raise::CONTEXT_WORD, cause.get(cx));
        }
        raised
    })
}

fn init_subclass<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    keywords: Option<(&[Handle<'_>], Handle<'_, Tuple>)>,
) -> Result<(), Raised> {
    let local = class.get(cx);
    let Some(method) = class::lookup_after(cx, local, local, names::INIT_SUBCLASS).map(|m| cx.root(m)) else {
        return Ok(());
    };
    let has_keywords = keywords.is_some_and(|(_, names)| tuple::len(names.get(cx)) > 0);
    if class::is_of_object(cx, method.get(cx)) {
        if has_keywords {
            let name = class::qualname(cx, class.get(cx));
            return Err(type_error(cx, format!("{name}.__init_subclass__() takes no keyword arguments")));
        }
        return Ok(());
    }
    let bound = descriptor::bind_class(cx, method, class)?;
    match keywords {
        Some((values, names)) if has_keywords => call::call_named(cx, bound, values, Some(names))?,
        _ => call::call(cx, bound, &[])?,
    };
    Ok(())
}

/// Sets an attribute of a class.
pub fn set_attribute<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    attribute: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    if class.get(cx).flags.get() & BUILTIN != 0 {
        let (name, attribute) = (name(cx, class.get(cx)), str::lossy(names::local(cx, attribute)));
        return Err(type_error(cx, format!("cannot set '{attribute}' attribute of immutable type '{name}'")));
    }
    let Some(attributes) = class.get(cx).dict.get(cx).map(|d| cx.root(d)) else { return Ok(false) };
    let key = names::handle(cx, attribute);
    let done = match value {
        Some(value) => {
            dict::set_name(cx, attributes, key, value)?;
            true
        }
        None => dict::remove_name(cx, attributes, key)?,
    };
    class::bump_epoch(cx);
    if str::ascii(key.get(cx)).is_some_and(|n| n.starts_with("__")) {
        recompute(cx, class.get(cx));
    }
    Ok(done)
}

fn recompute(cx: &Cx<'_>, class: Local<'_, Class>) {
    class::compute_flags(cx, class);
    subclasses::each(cx, class, &mut |subclass| recompute(cx, subclass));
}

/// The class that a member descriptor belongs to, and its name.
pub(crate) fn member_parts(cx: &Cx<'_>, member: Local<'_, Member>) -> Option<NameId> {
    names::find(cx, member.name.get(cx)?)
}
