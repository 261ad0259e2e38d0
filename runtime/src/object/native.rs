//! Functions written in Rust: what they look like, and how arguments are bound to their parameters.
//!
//! A native is a plain function over `&mut Cx` and [`Args`]. Its signature is a text like a Python one
//! (`"self, iterable=None, /, *, key=None"`), from which binding, messages and introspection all come. `=…` makes a
//! parameter optional; the native sees `None` from [`Args::get`] when it was not given.

use super::classes::ClassId;
use super::layout::{Dict, Native, NativeInit, NativeIter, Tuple};
use super::raise::{type_error, Raised};
use super::{call, dict, names, none, retrying, str, table, tuple};
use crate::bytecode::Driver;
use std::cell::Cell;
use taipan_gc::{CollectKind, Cx, Handle, Local, Value};

/// The body of a native.
pub type NativeFn = for<'s> fn(&mut Cx<'s>, &Args<'s>) -> Result<Handle<'s>, Raised>;

/// The quick half of a native: answers a call from its positional arguments as they are. It runs no other code, doesn't collect and can't fail: `None`
/// leaves the call to the body, as if nothing had happened.
pub type QuickFn = for<'a> fn(&'a Cx<'_>, &[Local<'a>]) -> Option<Local<'a>>;

/// Runs a native of a host on its positional arguments where they lie: the native at this index of the stack, and so many arguments behind it, the last
/// of which is the top of the stack. It uses them up, which leaves holes where counts are kept, and its caller owns the result. `None` leaves the
/// call to the body, as if nothing had happened.
pub type PlacedFn = fn(&mut Cx<'_>, usize, usize) -> Result<Option<Value>, Raised>;

/// A native's description.
#[derive(Debug)]
pub struct NativeDef {
    /// `__name__`
    pub name: &'static str,
    /// The body.
    pub func: NativeFn,
    /// Parameters, as in a Python `def`.
    pub signature: &'static str,
    /// How many positional arguments it needs.
    pub min: u8,
    /// How many positional parameters it has.
    pub positional: u8,
    /// Parameters altogether, `*args` and `**kwargs` not counted.
    pub named: u8,
    /// Whether there is `*args`.
    pub rest: bool,
    /// Whether there is `**kwargs`.
    pub keywords: bool,
    /// A method: looked up in an instance, it is bound to it. By default those whose first parameter is `self`.
    pub is_method: bool,
    /// A static method: looked up in a class, it is not bound to anything.
    pub is_static: bool,
    /// A class method: looked up in a class, it is bound to the class.
    pub is_class: bool,
    /// An attribute: looked up in an instance, it is called (a getter).
    pub is_getter: bool,
    /// Of a getter: what sets the attribute, with the instance and the value; without a value it deletes it.
    pub setter: Option<NativeFn>,
    /// Answers common calls before the body is asked.
    pub quick: Option<QuickFn>,
    /// Takes calls from the VM before the body is asked, without the arguments being bound.
    pub placed: Option<PlacedFn>,
    /// What the VM does itself when the only argument is a generator.
    pub driver: Option<Driver>,
}

impl NativeDef {
    /// A function or method.
    pub const fn new(name: &'static str, func: NativeFn, signature: &'static str) -> NativeDef {
        let text = signature.as_bytes();
        let mut def = NativeDef {
            name,
            func,
            signature,
            min: 0,
            positional: 0,
            named: 0,
            rest: false,
            keywords: false,
            is_method: text.len() >= 4 && matches!(text.split_at(4).0, b"self"),
            is_static: false,
            is_class: false,
            is_getter: false,
            setter: None,
            quick: None,
            placed: None,
            driver: None,
        };
        let mut i = 0;
        let mut keyword_only = false;
        while i < text.len() {
            let start = i;
            let mut optional = false;
            while i < text.len() && text[i] != b',' {
                optional |= text[i] == b'=';
                i += 1;
            }
            match text[start] {
                b'/' => {}
                b'*' if start + 1 < i && text[start + 1] == b'*' => def.keywords = true,
                b'*' => {
                    def.rest = start + 1 < i;
                    keyword_only = true;
                }
                _ => {
                    def.named += 1;
                    if !keyword_only {
                        def.positional += 1;
                        def.min += !optional as u8;
                    }
                }
            }
            i += 1;
            while i < text.len() && text[i] == b' ' {
                i += 1;
            }
        }
        def
    }

    /// As `new`, for a static method (`__new__`, `maketrans`).
    pub const fn new_static(name: &'static str, func: NativeFn, signature: &'static str) -> NativeDef {
        NativeDef { is_static: true, ..NativeDef::new(name, func, signature) }
    }

    /// As `new`, for a class method (`fromkeys`).
    pub const fn new_class(name: &'static str, func: NativeFn, signature: &'static str) -> NativeDef {
        NativeDef { is_class: true, ..NativeDef::new(name, func, signature) }
    }

    /// A read-only attribute of instances, computed by `func(self)`.
    pub const fn getter(name: &'static str, func: NativeFn) -> NativeDef {
        NativeDef { is_getter: true, ..NativeDef::new(name, func, "self, /") }
    }

    /// The same getter with a function that sets the attribute: it is called with `self` and the value, or without one to delete it.
    pub const fn with_setter(self, setter: NativeFn) -> NativeDef {
        NativeDef { setter: Some(setter), ..self }
    }

    /// The same native with a quick half.
    pub const fn quickly(self, quick: QuickFn) -> NativeDef {
        NativeDef { quick: Some(quick), ..self }
    }

    /// The same native, for which the VM steps a generator that is its only argument.
    pub const fn driven(self, driver: Driver) -> NativeDef {
        NativeDef { driver: Some(driver), ..self }
    }

    /// The parameters: name, whether it can be given by keyword, whether it can be left out.
    fn parameters(&self) -> Vec<(&'static str, bool, bool)> {
        let mut found = Vec::new();
        for part in self.signature.split(',').map(str::trim) {
            if part == "/" {
                for parameter in &mut found {
                    let (_, by_keyword, _): &mut (&str, bool, bool) = parameter;
                    *by_keyword = false;
                }
            } else if !part.starts_with('*') && !part.is_empty() {
                let (name, default) = part.split_once('=').map_or((part, None), |(n, d)| (n, Some(d)));
                found.push((name, true, default.is_some()));
            }
        }
        found
    }
}

/// The arguments of a native call: a run of stack slots, bound to the parameters in order; holes for what was not given. What
/// `*args` took follows.
#[derive(Clone, Copy, Debug)]
pub struct Args<'s> {
    base: usize,
    len: usize,
    named: usize,
    callee: Handle<'s, Native>,
    keywords: Option<Handle<'s, Dict>>,
}

impl<'s> Args<'s> {
    /// Arguments that are bound already.
    pub(crate) fn bound(
        base: usize,
        len: usize,
        named: usize,
        callee: Handle<'s, Native>,
        keywords: Option<Handle<'s, Dict>>,
    ) -> Args<'s> {
        Args { base, len, named, callee, keywords }
    }

    /// The n-th parameter's argument, if it was given.
    #[inline]
    pub fn get(&self, cx: &Cx<'_>, n: usize) -> Option<Handle<'s>> {
        if n >= self.named {
            return None;
        }
        // SAFETY: the arguments stay on the stack until the native returns, which is as long as 's.
        let handle: Handle<'s> = unsafe { Handle::from_index(cx, self.base + n) };
        handle.get_filled(cx).map(|_| handle)
    }

    /// The n-th parameter's argument; None (the Python value) for one that was not given.
    #[inline]
    pub fn at(&self, cx: &Cx<'s>, n: usize) -> Handle<'s> {
        match self.get(cx, n) {
            Some(handle) => handle,
            None => none(cx),
        }
    }

    /// The n-th argument unless it is missing or None.
    pub fn some(&self, cx: &Cx<'_>, n: usize) -> Option<Handle<'s>> {
        self.get(cx, n).filter(|h| !h.get(cx).value().is_none())
    }

    /// How many parameters have a place, given or not.
    pub fn named_len(&self) -> usize {
        self.named
    }

    /// How many arguments `*args` took.
    pub fn rest_len(&self) -> usize {
        self.len - self.named
    }

    /// The n-th argument that `*args` took.
    pub fn rest(&self, cx: &Cx<'_>, n: usize) -> Handle<'s> {
        assert!(n < self.rest_len(), "argument out of range");
        // SAFETY: as in `get`.
        unsafe { Handle::from_index(cx, self.base + self.named + n) }
    }

    /// All that `*args` took.
    pub fn rest_all(&self, cx: &Cx<'_>) -> Vec<Handle<'s>> {
        (0..self.rest_len()).map(|n| self.rest(cx, n)).collect()
    }

    /// What `**kwargs` took, if anything.
    pub fn keywords(&self) -> Option<Handle<'s, Dict>> {
        self.keywords
    }

    /// The native itself: its owner and data word.
    pub fn callee(&self) -> Handle<'s, Native> {
        self.callee
    }
}

/// An iterator written in Rust.
#[derive(Debug)]
pub struct IterDef {
    /// The class of its objects.
    pub class: ClassId,
    /// The next item; `None` at the end.
    pub next: for<'s> fn(&mut Cx<'s>, Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised>,
}

/// Makes a native.
pub fn new<'s>(
    cx: &mut Cx<'s>,
    def: &'static NativeDef,
    owner: Option<Handle<'_>>,
) -> Result<Handle<'s, Native>, Raised> {
    retrying(cx, |cx| cx.alloc(NativeInit { def, owner: owner.map(|o| o.get(cx)), data: Cell::new(0) }))
}

/// Puts a native for each description in a dict, under its name.
pub fn define_all(
    cx: &mut Cx<'_>,
    attributes: Handle<'_, Dict>,
    owner: Handle<'_>,
    defs: &'static [NativeDef],
) -> Result<(), Raised> {
    table::reserve(cx, attributes, defs.len())?;
    for def in defs {
        if define(cx, attributes.get(cx), owner.get(cx), def).is_err() {
            cx.collect(CollectKind::Full);
            define(cx, attributes.get(cx), owner.get(cx), def)?;
        }
    }
    Ok(())
}

/// As [`define_all`], of one, never collecting.
pub(crate) fn define(
    cx: &Cx<'_>,
    attributes: Local<'_, Dict>,
    owner: Local<'_>,
    def: &'static NativeDef,
) -> Result<(), Raised> {
    let name = names::intern(cx, def.name)?;
    let native = cx.alloc(NativeInit { def, owner: Some(owner), data: Cell::new(0) })?;
    Ok(dict::put_name(cx, attributes, names::local(cx, name), native.any())?)
}

/// Calls the [setter](NativeDef::setter) of a getter, if it has one; whether it has.
pub(crate) fn call_setter(
    cx: &mut Cx<'_>,
    getter: Handle<'_, Native>,
    object: Handle<'_>,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    let Some(setter) = getter.get(cx).def.setter else { return Ok(false) };
    call::enter_native(cx, |cx| {
        cx.scoped(|cx| {
            let (getter, object) = (cx.root(getter.get(cx)), cx.root(object.get(cx)));
            let value = value.map(|value| cx.root(value.get(cx)));
            let args = push_bound(cx, getter, &[Some(object), value], &[], None);
            setter(cx, &args).map(|_| true)
        })
    })
}

/// Whether a call with this many positional arguments and no others needs nothing but holes behind them.
#[inline(always)]
pub(crate) fn binds_directly(def: &NativeDef, positional: usize) -> bool {
    positional >= def.min as usize
        && (positional <= def.positional as usize || (def.rest && def.named == def.positional))
}

/// Binds arguments that [`binds_directly`] says no to. `arguments` are the values on the stack, the last of them named by `names`.
/// The bound arguments are pushed on the stack.
#[cold]
pub(crate) fn bind<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'s, Native>,
    arguments: &[Handle<'s>],
    names: Option<Handle<'_, Tuple>>,
) -> Result<Args<'s>, Raised> {
    let def = callee.get(cx).def;
    let named_arguments = names.map_or(0, |n| tuple::len(n.get(cx)));
    let positional = arguments.len() - named_arguments;
    let most = def.positional as usize;
    let parameters = def.parameters();
    let by_name = parameters.iter().any(|p| p.1);
    let excess = by_name && !def.keywords && arguments.len() > def.named as usize;
    if (positional > most || excess) && !def.rest {
        return Err(type_error(cx, too_many(cx, callee, arguments.len())));
    }
    let mut slots: Vec<Option<Handle<'s>>> = vec![None; def.named as usize];
    for (slot, argument) in slots.iter_mut().zip(&arguments[..positional.min(most)]) {
        *slot = Some(*argument);
    }
    let keywords = if def.keywords { Some(dict::new(cx)?) } else { None };
    for i in 0..named_arguments {
        let name = names.and_then(|names| tuple::item(names.get(cx), i).map(|name| cx.root(name)));
        let Some(name) = name else { break };
        let text = str::of(cx, name.get(cx)).map(str::lossy).unwrap_or_default();
        let value = arguments[positional + i];
        match parameters.iter().position(|p| p.1 && p.0 == text) {
            Some(at) if slots[at].is_some() => {
                let shown = shown(cx, callee);
                let (name, at) = (shown.plain, at + 1 - shown.skipped.min(at));
                let message = format!("argument for {name}() given by name ('{text}') and position ({at})");
                return Err(type_error(cx, message));
            }
            Some(at) => slots[at] = Some(value),
            None => match keywords {
                Some(keywords) => dict::set(cx, keywords, name, value)?,
                None if !by_name => {
                    let name = shown(cx, callee).qualified;
                    return Err(type_error(cx, format!("{name}() takes no keyword arguments")));
                }
                None => {
                    // CPython's `sorted` leaves the check to `list.sort`.
                    let name = shown(cx, callee).plain;
                    let name = if name == "sorted" { "sort" } else { &name };
                    let message = format!("'{text}' is an invalid keyword argument for {name}()");
                    return Err(type_error(cx, message));
                }
            },
        }
    }
    for (i, (slot, parameter)) in slots.iter().zip(&parameters).enumerate() {
        if slot.is_none() && !parameter.2 {
            return Err(type_error(cx, missing(cx, callee, parameter, i, positional)));
        }
    }
    let rest = &arguments[positional.min(most)..positional];
    Ok(push_bound(cx, callee, &slots, rest, keywords))
}

fn push_bound<'s>(
    cx: &Cx<'s>,
    callee: Handle<'s, Native>,
    slots: &[Option<Handle<'s>>],
    rest: &[Handle<'s>],
    keywords: Option<Handle<'s, Dict>>,
) -> Args<'s> {
    let mut base = None;
    let len = slots.len() + rest.len();
    for slot in slots.iter().copied().chain(rest.iter().map(|&r| Some(r))) {
        let pushed = match slot {
            Some(handle) => cx.root(handle.get(cx)),
            None => cx.root_empty(),
        };
        base.get_or_insert(pushed.index());
    }
    Args::bound(base.unwrap_or(0), len, slots.len(), callee, keywords)
}

/// How messages about a native's arguments name it, and how many of its parameters (`self`, `cls`) they don't count.
struct Shown {
    plain: String,
    qualified: String,
    skipped: usize,
    /// Its arguments can be given by name: other messages, as CPython's parsers differ.
    by_name: bool,
    /// A special method, or one of those string methods whose arguments CPython parses in its older way.
    special: bool,
    old: bool,
}

fn shown(cx: &Cx<'_>, callee: Handle<'_, Native>) -> Shown {
    let native = callee.get(cx);
    let def = native.def;
    let owner = native.owner.get(cx);
    let class = owner.and_then(|o| super::class::as_class(cx, o)).map(|c| super::class::name(cx, c));
    let module = owner.and_then(|o| super::attr::module_name(cx, o)).filter(|m| m != "builtins");
    let method = def.is_method || def.is_class;
    let (plain, qualified) = match class.as_deref() {
        Some(class) if matches!(def.name, "__new__" | "__init__") => (class.to_owned(), class.to_owned()),
        Some(class) => (def.name.to_owned(), format!("{class}.{}", def.name)),
        None => (def.name.to_owned(), module.map_or_else(String::new, |m| m + ".") + def.name),
    };
    let text = matches!(class.as_deref(), Some("str" | "bytes"));
    Shown {
        plain,
        qualified,
        skipped: usize::from(method || (def.is_static && def.name == "__new__")),
        by_name: def.parameters().iter().any(|p| p.1),
        special: method && def.name.starts_with("__") && def.name != "__init__",
        old: text && OLD_STYLE.contains(&def.name),
    }
}

const OLD_STYLE: &[&str] = &["find", "rfind", "index", "rindex", "count", "startswith", "endswith"];

fn too_many(cx: &Cx<'_>, callee: Handle<'_, Native>, given: usize) -> String {
    let (def, shown) = (callee.get(cx).def, shown(cx, callee));
    let (min, most) =
        ((def.min as usize).saturating_sub(shown.skipped), def.positional as usize - shown.skipped);
    let (given, s) = (given.saturating_sub(shown.skipped), if most == 1 { "" } else { "s" });
    let (name, qualified) = (&shown.plain, &shown.qualified);
    if shown.special {
        return format!("expected {most} argument{s}, got {given}");
    }
    if shown.by_name || shown.old {
        let bound = if min < most || def.positional < def.named { "at most" } else { "exactly" };
        let positional = if def.positional < def.named { "positional " } else { "" };
        if def.name == "sorted" {
            return format!("sorted expected 1 argument, got {given}");
        }
        if most == 0 {
            return format!("{name}() takes no positional arguments");
        }
        return format!("{name}() takes {bound} {most} {positional}argument{s} ({given} given)");
    }
    match (min, most) {
        (0, 0) => format!("{qualified}() takes no arguments ({given} given)"),
        (1, 1) => format!("{qualified}() takes exactly one argument ({given} given)"),
        _ if min == most => format!("{name} expected {most} argument{s}, got {given}"),
        _ => format!("{name} expected at most {most} argument{s}, got {given}"),
    }
}

fn missing(
    cx: &Cx<'_>,
    callee: Handle<'_, Native>,
    parameter: &(&str, bool, bool),
    at: usize,
    given: usize,
) -> String {
    let (def, shown) = (callee.get(cx).def, shown(cx, callee));
    let (name, qualified) = (&shown.plain, &shown.qualified);
    if given == 0 && def.is_method {
        let class = qualified.split('.').next().unwrap_or_default();
        return match def.name.starts_with("__") {
            true => format!("descriptor '{}' of '{class}' object needs an argument", def.name),
            false => format!("unbound method {qualified}() needs an argument"),
        };
    }
    if parameter.1 {
        let at = at + 1 - shown.skipped.min(at);
        return format!("{name}() missing required argument '{}' (pos {at})", parameter.0);
    }
    let (min, most) =
        ((def.min as usize).saturating_sub(shown.skipped), def.positional as usize - shown.skipped);
    let (given, s) = (given.saturating_sub(shown.skipped), if min == 1 { "" } else { "s" });
    if shown.special {
        return format!("expected {min} argument{s}, got {given}");
    }
    if shown.old {
        return format!("{name}() takes at least {min} argument{s} ({given} given)");
    }
    if shown.by_name && def.name != "sorted" {
        let bound = if min < most || def.positional < def.named { "at least" } else { "exactly" };
        return format!("{name}() takes {bound} {min} positional argument{s} ({given} given)");
    }
    match (min, most) {
        (1, 1) if !shown.by_name => format!("{qualified}() takes exactly one argument ({given} given)"),
        _ if min == most => format!("{name} expected {min} argument{s}, got {given}"),
        _ => format!("{name} expected at least {min} argument{s}, got {given}"),
    }
}

/// Special methods that CPython defines as methods, besides the slot of their type.
const METHODS_BESIDE_SLOTS: &[(&str, &str)] = &[
    ("dict", "__contains__"),
    ("dict", "__getitem__"),
    ("list", "__getitem__"),
    ("set", "__contains__"),
    ("frozenset", "__contains__"),
];

/// The message when a method is called on something else: `descriptor 'x' for 'list' objects doesn't apply to a 'int' object`.
#[cold]
pub fn wrong_self(cx: &mut Cx<'_>, args: &Args<'_>, class: &str) -> Raised {
    let name = args.callee().get(cx).def.name;
    let given = super::class::type_name(cx, args.at(cx, 0).get(cx));
    let is_slot =
        name.starts_with("__") && name != "__init__" && !METHODS_BESIDE_SLOTS.contains(&(class, name));
    let message = if is_slot {
        format!("descriptor '{name}' requires a '{class}' object but received a '{given}'")
    } else {
        format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{given}' object")
    };
    type_error(cx, message)
}
