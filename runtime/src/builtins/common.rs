//! What the natives of this room share: results, messages, handing arguments on.

use crate::object::compare::CompareOp;
use crate::object::layout::{Class, Dict, List, Tuple};
use crate::object::native::Args;
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{class, classes, compare, dict, list, names, native, root_handle, str, tuple, Root};
use taipan_gc::{Cx, Handle, Local};

/// What natives return.
pub(crate) type Res<'s> = Result<Handle<'s>, Raised>;

/// Returns an exception of a builtin class with a formatted message.
macro_rules! fail {
    ($cx:expr, $class:ident, $($message:tt)*) => {{
        let message = format!($($message)*);
        return Err($crate::object::raise::raise($cx, $crate::object::classes::$class, message));
    }};
}
pub(crate) use fail;

/// A fresh string.
pub(crate) fn string<'s>(cx: &mut Cx<'s>, text: &str) -> Res<'s> {
    Ok(str::new(cx, text)?.any())
}

/// `NotImplemented`
pub(crate) fn not_implemented<'s>(cx: &Cx<'s>) -> Handle<'s> {
    root_handle(cx, Root::NotImplemented)
}

/// The text of a value that is a string.
pub(crate) fn text_of(cx: &Cx<'_>, value: Local<'_>) -> Option<String> {
    str::of(cx, value).map(str::lossy)
}

/// `__module__` of a class as its repr shows it; `None` for builtins.
pub(crate) fn module_of(cx: &Cx<'_>, class: Local<'_, Class>) -> Option<String> {
    let module = class::own(cx, class, names::local(cx, names::MODULE))?;
    text_of(cx, module).filter(|m| m != "builtins")
}

/// `__qualname__`
pub(crate) fn qualname(cx: &Cx<'_>, class: Local<'_, Class>) -> String {
    class.qualname.get(cx).and_then(|q| text_of(cx, q)).unwrap_or_else(|| class::name(cx, class))
}

/// Module and qualified name of a class, as tracebacks and reprs show it.
pub(crate) fn full_name(cx: &Cx<'_>, class: Local<'_, Class>) -> String {
    let qualname = qualname(cx, class);
    match module_of(cx, class) {
        Some(module) => format!("{module}.{qualname}"),
        None => qualname,
    }
}

/// `0x…` as in the repr of an object without a better one.
pub(crate) fn address(cx: &Cx<'_>, value: Local<'_>) -> Result<String, Raised> {
    Ok(format!("{:#x}", cx.id(value)?))
}

/// A list argument `self`.
pub(crate) fn self_list<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, List>, Raised> {
    match list::of_handle(cx, args.at(cx, 0)) {
        Some(list) => Ok(list),
        None => Err(native::wrong_self(cx, args, "list")),
    }
}

/// A dict argument `self`.
pub(crate) fn self_dict<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Dict>, Raised> {
    match dict::of_handle(cx, args.at(cx, 0)) {
        Some(dict) => Ok(dict),
        None => Err(native::wrong_self(cx, args, "dict")),
    }
}

/// A tuple argument `self`.
pub(crate) fn self_tuple<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Tuple>, Raised> {
    match tuple::of_handle(cx, args.at(cx, 0)) {
        Some(tuple) => Ok(tuple),
        None => Err(native::wrong_self(cx, args, "tuple")),
    }
}

/// A class argument `self`.
pub(crate) fn self_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Class>, Raised> {
    match class::of_handle(cx, args.at(cx, 0)) {
        Some(class) => Ok(class),
        None => Err(native::wrong_self(cx, args, "type")),
    }
}

/// The values and names of keyword arguments, to be handed on behind positional ones.
pub(crate) fn spread<'s>(
    cx: &mut Cx<'s>,
    keywords: Option<Handle<'s, Dict>>,
) -> Result<(Vec<Handle<'s>>, Option<Handle<'s, Tuple>>), Raised> {
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    if let Some(keywords) = keywords {
        let mut at = 0;
        while let Some((key, value)) = dict::next_entry(cx, keywords.get(cx), &mut at) {
            keys.push(cx.root(key));
            values.push(cx.root(value));
        }
    }
    if keys.is_empty() {
        return Ok((values, None));
    }
    let names = tuple::new(cx, &keys)?;
    Ok((values, Some(names)))
}

/// All of `*args` and `**kwargs`, with what to put before them.
pub(crate) fn forward<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    first: &[Handle<'s>],
) -> Result<(Vec<Handle<'s>>, Option<Handle<'s, Tuple>>), Raised> {
    let mut all = first.to_vec();
    all.extend(args.rest_all(cx));
    let (values, names) = spread(cx, args.keywords())?;
    all.extend(values);
    Ok((all, names))
}

/// Whether `**kwargs` took anything.
pub(crate) fn has_keywords(cx: &Cx<'_>, args: &Args<'_>) -> bool {
    args.keywords().is_some_and(|k| dict::len(k.get(cx)) > 0)
}

/// Refuses keyword arguments: `"list() takes no keyword arguments"`.
pub(crate) fn no_keywords(cx: &mut Cx<'_>, args: &Args<'_>, name: &str) -> Result<(), Raised> {
    if has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{name}() takes no keyword arguments");
    }
    Ok(())
}

/// Whether the class is exactly the builtin one.
pub(crate) fn is_exactly(cx: &Cx<'_>, class: Handle<'_, Class>, id: classes::ClassId) -> bool {
    class.get(cx).is(classes::local(cx, id))
}

/// Refuses a `self` that is no instance of the class that the native belongs to.
pub(crate) fn check_self(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<(), Raised> {
    let callee = args.callee().get(cx);
    let own = args.at(cx, 0).get(cx);
    let fits = match callee.owner.get(cx).and_then(|o| class::as_class(cx, o)) {
        Some(owner) if !class::is_subclass(cx, class::of(cx, own), owner) => Some(class::name(cx, owner)),
        _ => None,
    };
    match fits {
        Some(owner) => Err(native::wrong_self(cx, args, &owner)),
        None => Ok(()),
    }
}

/// A comparison method of a builtin class.
pub(crate) fn rich<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    check_self(cx, args)?;
    match compare::rich_builtin(cx, op, args.at(cx, 0), args.at(cx, 1))? {
        Some(answer) => Ok(answer),
        None => Ok(not_implemented(cx)),
    }
}

/// An arithmetic method of a builtin class.
pub(crate) fn binary<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: BinaryOp, reflected: bool) -> Res<'s> {
    check_self(cx, args)?;
    let (own, other) = (args.at(cx, 0), args.at(cx, 1));
    let (a, b) = if reflected { (other, own) } else { (own, other) };
    match number::binary_builtin(cx, op, a, b)? {
        Some(result) => Ok(result),
        None => Ok(not_implemented(cx)),
    }
}

/// The six comparison methods, each by [`rich`]; then more.
macro_rules! with_comparisons {
    ($($more:expr),* $(,)?) => {
        &[
            NativeDef::new("__eq__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Eq), "self, value, /"),
            NativeDef::new("__ne__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Ne), "self, value, /"),
            NativeDef::new("__lt__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Lt), "self, value, /"),
            NativeDef::new("__le__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Le), "self, value, /"),
            NativeDef::new("__gt__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Gt), "self, value, /"),
            NativeDef::new("__ge__", |cx, a| $crate::builtins::common::rich(cx, a, $crate::object::compare::CompareOp::Ge), "self, value, /"),
            $($more),*
        ]
    };
}
pub(crate) use with_comparisons;
