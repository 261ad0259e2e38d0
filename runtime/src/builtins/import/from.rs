//! `from module import …`.

use super::{describe, known_module};
use crate::builtins::common::{fail, text_of};
use crate::object::layout::Dict;
use crate::object::names;
use crate::object::raise::{raise, Raised};
use crate::object::{attr, class, classes, compare, dict, iter, shapes, subscript};
use taipan_gc::{Cx, Handle};

/// The attribute of a module, or its submodule.
pub fn import_from<'s>(cx: &mut Cx<'s>, module: Handle<'_>, name: &str) -> Result<Handle<'s>, Raised> {
    let id = names::intern(cx, name)?;
    if let Some(found) = attr::get_opt(cx, module, id)? {
        return Ok(found);
    }
    let module_name = attr::get_opt(cx, module, names::NAME)?.and_then(|n| text_of(cx, n.get(cx)));
    if let Some(module_name) = &module_name {
        if let Some(submodule) = known_module(cx, &format!("{module_name}.{name}")) {
            return Ok(submodule);
        }
    }
    Err(cannot_import(cx, module, module_name.as_deref(), name))
}

#[cold]
fn cannot_import(cx: &mut Cx<'_>, module: Handle<'_>, module_name: Option<&str>, name: &str) -> Raised {
    let file = attr::get_opt(cx, module, names::FILE);
    let file = match file {
        Ok(file) => file.and_then(|f| text_of(cx, f.get(cx))),
        Err(raised) => return raised,
    };
    let shown = module_name.unwrap_or("<unknown module name>");
    let quoted = format!("'{shown}'");
    let message = match &file {
        None => format!("cannot import name '{name}' from {quoted} (unknown location)"),
        Some(file) => match is_initializing(cx, module) {
            Err(raised) => return raised,
            Ok(true) => format!(
                "cannot import name '{name}' from partially initialized module {quoted} (most likely due to a circular import) ({file})"
            ),
            Ok(false) => format!("cannot import name '{name}' from {quoted} ({file})"),
        },
    };
    let raised = raise(cx, classes::IMPORT_ERROR, &message);
    describe(cx, raised, shown, file.as_deref(), &message)
}

fn is_initializing(cx: &mut Cx<'_>, module: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let Some(spec) = attr::get_opt(cx, module, names::SPEC)? else { return Ok(false) };
        let flag = names::intern(cx, "_initializing")?;
        match attr::get_opt(cx, spec, flag)? {
            Some(flag) => compare::truth(cx, flag),
            None => Ok(false),
        }
    })
}

/// Binds in `target` what `__all__` names, or every name without a leading underscore.
///
/// The target is any mapping: `exec` takes what it is given as locals.
pub fn import_star(cx: &mut Cx<'_>, module: Handle<'_>, target: Handle<'_>) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let module = cx.root(module.get(cx));
        let is_dict = target.get(cx).shape() == Some(shapes::DICT);
        let table = target.downcast::<Dict>(cx).filter(|_| is_dict);
        let all = attr::get_opt(cx, module, names::ALL)?;
        let public_only = all.is_none();
        let found = match all {
            Some(all) => iter::to_vec(cx, all)?,
            None => {
                let Some(attributes) = attr::get_opt(cx, module, names::DICT)? else {
                    fail!(cx, IMPORT_ERROR, "from-import-* object has no __dict__ and no __all__");
                };
                iter::to_vec(cx, attributes)?
            }
        };
        for name in found {
            let Some(text) = text_of(cx, name.get(cx)) else {
                let given = class::type_name(cx, name.get(cx));
                let owner = attr::get(cx, module, names::NAME)?;
                let owner = text_of(cx, owner.get(cx)).unwrap_or_default();
                let what = if public_only { "Key in" } else { "Item in" };
                let list = if public_only { "__dict__" } else { "__all__" };
                fail!(cx, TYPE_ERROR, "{what} {owner}.{list} must be str, not {given}");
            };
            if public_only && text.starts_with('_') {
                continue;
            }
            let id = names::intern(cx, &text)?;
            cx.scoped(|cx| {
                let value = attr::get(cx, module, id)?;
                let key = names::handle(cx, id);
                match table {
                    Some(table) => dict::set_name(cx, table, key, value),
                    None => subscript::set(cx, target, key.any(), value),
                }
            })?;
        }
        Ok(())
    })
}
