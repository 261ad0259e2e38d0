//! Tuples with named fields, as `sys.version_info`.

use crate::builtins::common::{string, Res};
use crate::builtins::repr;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, class, classes, define, dict, instance, names, native, none, str, tuple};
use taipan_gc::{Cx, Handle};

/// A getter for the n-th item of `self`.
macro_rules! fields {
    ($($name:literal $index:literal),* $(,)?) => {
        &[$(crate::object::native::NativeDef::getter($name, |cx, args| {
            $crate::stdlib::structseq::item(cx, args, $index)
        })),*]
    };
}
pub(super) use fields;

const REPR: NativeDef = NativeDef::new("__repr__", repr_of, "self, /");
static REPR_DEF: NativeDef = REPR;

/// The n-th item of `self`, None when there is none.
pub(super) fn item<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: usize) -> Res<'s> {
    let object = args.at(cx, 0);
    let found = tuple::get(cx, object.get(cx), n).map(|v| cx.root(v));
    Ok(found.unwrap_or_else(|| none(cx)))
}

/// A tuple of these values, of a fresh class with these fields.
pub(super) fn make<'s>(
    cx: &mut Cx<'s>,
    name: &str,
    fields: &'static [NativeDef],
    values: &[Handle<'s>],
) -> Res<'s> {
    let (module, short) = name.split_once('.').unwrap_or(("builtins", name));
    let namespace = dict::new(cx)?;
    super::put_text(cx, namespace, "__module__", module)?;
    let mut shown = Vec::new();
    for field in fields {
        let getter = native::new(cx, field, Some(classes::handle(cx, classes::TUPLE).any()))?;
        super::put(cx, namespace, field.name, getter.any())?;
        let id = names::intern(cx, field.name)?;
        shown.push(names::handle(cx, id).any());
    }
    let shown = tuple::new(cx, &shown)?.any();
    super::put(cx, namespace, "__match_args__", shown)?;
    let shower = native::new(cx, &REPR_DEF, Some(classes::handle(cx, classes::TUPLE).any()))?;
    super::put(cx, namespace, "__repr__", shower.any())?;
    let short = str::new(cx, short)?;
    let base = classes::handle(cx, classes::TUPLE).any();
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, short, &[base], namespace, None)?;
    let content = tuple::new(cx, values)?;
    let made = instance::new(cx, class)?;
    instance::put_word(cx, made.get(cx), 1, content.get(cx).any());
    Ok(made)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let class = class::of_value(cx, object.get(cx));
    let name = crate::builtins::common::full_name(cx, class.get(cx));
    let fields = attr::get(cx, class.any(), names::MATCH_ARGS)?;
    let fields = tuple::of_handle(cx, fields).map_or(Ok(Vec::new()), |f| tuple::handles(cx, f))?;
    let values = tuple::of_handle(cx, object).map_or(Ok(Vec::new()), |v| tuple::handles(cx, v))?;
    let mut parts = Vec::new();
    for (field, value) in fields.into_iter().zip(values) {
        let field = crate::builtins::common::text_of(cx, field.get(cx)).unwrap_or_default();
        let value = repr::repr(cx, value)?;
        parts.push(format!("{field}={}", str::lossy(value.get(cx))));
    }
    string(cx, &format!("{name}({})", parts.join(", ")))
}

/// An object of a fresh plain class with these attributes.
pub(super) fn namespace<'s>(
    cx: &mut Cx<'s>,
    class_name: &str,
    attributes: &[(&str, Handle<'s>)],
) -> Result<Handle<'s>, Raised> {
    let namespace = dict::new(cx)?;
    super::put_text(cx, namespace, "__module__", "types")?;
    let name = str::new(cx, class_name)?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, name, &[], namespace, None)?;
    let made = instance::new(cx, class)?;
    for (name, value) in attributes {
        let name = names::intern(cx, name)?;
        instance::set(cx, made, name, *value)?;
    }
    Ok(made)
}
