//! Importing: names to modules, by `sys.modules`, the built-in modules and the files on `sys.path`.
//!
//! There is one finder, besides the loader of a host, and no hooks: `sys.meta_path` and `sys.path_hooks` exist and are not asked.
//! Bytecode files are neither read nor written.

mod find;
mod from;
mod loader;
mod spec;

pub use from::{import_from, import_star};
pub use loader::{set_loader, LoaderFn, Provided};

use super::bootstrap;
use super::common::{fail, text_of};
use super::functions::code;
use crate::object::layout::Dict;
use crate::object::names::{self, NameId};
use crate::object::raise::{self, raise, Raised};
use crate::object::{attr, call, classes, compare, dict, root_handle, str, tuple, Root};
use crate::syntax::{Mode, Source};
use find::Found;
use taipan_gc::{Cx, Handle};

/// `sys.modules`
pub fn modules<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Dict>, Raised> {
    bootstrap::begin(cx)?;
    match root_handle(cx, Root::Modules).downcast::<Dict>(cx) {
        Some(modules) => Ok(modules),
        None => fail!(cx, RUNTIME_ERROR, "unable to get sys.modules"),
    }
}

/// The module of this name in `sys.modules`.
pub fn known_module<'s>(cx: &mut Cx<'s>, name: &str) -> Option<Handle<'s>> {
    let modules = modules(cx).ok()?;
    let name = names::intern(cx, name).ok()?;
    dict::get_name(cx, modules.get(cx), names::local(cx, name)).map(|m| cx.root(m))
}

/// An attribute of the `sys` module.
pub fn sys_attribute<'s>(cx: &mut Cx<'s>, name: NameId) -> Option<Handle<'s>> {
    bootstrap::begin(cx).ok()?;
    let attributes = root_handle(cx, Root::Sys).downcast::<Dict>(cx)?;
    dict::get_name(cx, attributes.get(cx), names::local(cx, name)).map(|v| cx.root(v))
}

/// Whether a module of this name is built in.
pub fn is_builtin(name: &str) -> bool {
    matches!(name, "builtins" | "sys") || crate::stdlib::find(name).is_some()
}

/// A fresh module and its dict; it is not put in `sys.modules`.
pub fn new_module<'s>(cx: &mut Cx<'s>, name: &str) -> Result<(Handle<'s>, Handle<'s, Dict>), Raised> {
    let (module, attributes) = super::module_type::make(cx, name)?;
    if let Some(builtins) = known_module(cx, "builtins") {
        let key = names::handle(cx, names::BUILTINS);
        dict::set_name(cx, attributes, key, builtins)?;
    }
    Ok((module.any(), attributes))
}

/// `import name`: the top package, or the module itself when `fromlist` is not empty.
pub fn import_name<'s>(
    cx: &mut Cx<'s>,
    name: &str,
    globals: Option<Handle<'_, Dict>>,
    fromlist: Handle<'_>,
    level: usize,
) -> Result<Handle<'s>, Raised> {
    cx.scoped_keep(|cx| {
        if name.is_empty() && level == 0 {
            fail!(cx, VALUE_ERROR, "Empty module name");
        }
        let absolute = match level {
            0 => name.to_owned(),
            _ => resolve(cx, name, globals, level)?,
        };
        let module = load(cx, &absolute)?;
        if !compare::truth(cx, fromlist)? {
            return top(cx, name, &absolute, level, module);
        }
        if attr::get_opt(cx, module, names::PATH)?.is_some() {
            load_submodules(cx, module, &absolute, fromlist)?;
        }
        Ok(module)
    })
}

/// What `import a.b` binds: `a`.
fn top<'s>(
    cx: &mut Cx<'s>,
    name: &str,
    absolute: &str,
    level: usize,
    module: Handle<'s>,
) -> Result<Handle<'s>, Raised> {
    let Some(dot) = name.find('.') else { return Ok(module) };
    if level == 0 {
        return load(cx, &name[..dot]);
    }
    let cut = absolute.len() - (name.len() - dot);
    load(cx, &absolute[..cut])
}

/// The absolute name of a relative one.
fn resolve(
    cx: &mut Cx<'_>,
    name: &str,
    globals: Option<Handle<'_, Dict>>,
    level: usize,
) -> Result<String, Raised> {
    let own = |cx: &Cx<'_>, key: NameId| {
        let found = globals.and_then(|g| dict::get_name(cx, g.get(cx), names::local(cx, key)))?;
        text_of(cx, found)
    };
    let package = match own(cx, names::PACKAGE) {
        Some(package) => package,
        None => {
            let module = own(cx, names::NAME).unwrap_or_default();
            let has_path = globals
                .is_some_and(|g| dict::get_name(cx, g.get(cx), names::local(cx, names::PATH)).is_some());
            match module.rfind('.') {
                _ if has_path => module,
                Some(dot) => module[..dot].to_owned(),
                None => String::new(),
            }
        }
    };
    if package.is_empty() {
        fail!(cx, IMPORT_ERROR, "attempted relative import with no known parent package");
    }
    let mut base = package.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => fail!(cx, IMPORT_ERROR, "attempted relative import beyond top-level package"),
        }
    }
    Ok(if name.is_empty() { base.to_owned() } else { format!("{base}.{name}") })
}

/// The module of an absolute name, loaded if need be with the packages it is in.
fn load<'s>(cx: &mut Cx<'s>, name: &str) -> Result<Handle<'s>, Raised> {
    if let Some(module) = known_module(cx, name) {
        if module.get(cx).value().is_none() {
            let message = format!("import of {name} halted; None in sys.modules");
            return Err(not_found(cx, &message, name));
        }
        if name == "sys" {
            crate::stdlib::sys::complete(cx)?;
        }
        return Ok(module);
    }
    call::enter_native(cx, |cx| {
        cx.scoped_keep(|cx| {
            let parent = match name.rfind('.') {
                Some(dot) => Some(load(cx, &name[..dot])?),
                None => None,
            };
            // Loading the package may have loaded the module.
            if let (Some(_), Some(module)) = (parent, known_module(cx, name)) {
                return Ok(module);
            }
            load_fresh(cx, name, parent)
        })
    })
}

fn load_fresh<'s>(cx: &mut Cx<'s>, name: &str, parent: Option<Handle<'s>>) -> Result<Handle<'s>, Raised> {
    let (package, tail) = name.rsplit_once('.').unwrap_or(("", name));
    let module = match parent {
        _ if crate::stdlib::find_source(name).is_some() => load_source(cx, name)?,
        None if crate::stdlib::find(name).is_some() => load_builtin(cx, name)?,
        _ => match loader::load(cx, name)? {
            Some(module) => module,
            None => {
                let path = path_of(cx, name, package, parent)?;
                load_file(cx, name, tail, &path)?
            }
        },
    };
    if let Some(parent) = parent {
        let tail = names::intern(cx, tail)?;
        attr::set(cx, parent, tail, module)?;
    }
    Ok(module)
}

fn load_builtin<'s>(cx: &mut Cx<'s>, name: &str) -> Result<Handle<'s>, Raised> {
    let Some(def) = crate::stdlib::find(name) else {
        return Err(not_found(cx, &format!("No module named '{name}'"), name));
    };
    let (module, _) = crate::stdlib::make(cx, def)?;
    register(cx, name, module.any())?;
    Ok(module.any())
}

/// The folders in which the file of a module may lie.
fn path_of(
    cx: &mut Cx<'_>,
    name: &str,
    package: &str,
    parent: Option<Handle<'_>>,
) -> Result<Vec<String>, Raised> {
    let Some(parent) = parent else { return sys_path(cx) };
    let Some(path) = attr::get_opt(cx, parent, names::PATH)? else {
        let message = format!("No module named '{name}'; '{package}' is not a package");
        return Err(not_found(cx, &message, name));
    };
    folders(cx, path)
}

#[cold]
fn not_found(cx: &mut Cx<'_>, message: &str, name: &str) -> Raised {
    let raised = raise(cx, classes::MODULE_NOT_FOUND_ERROR, message);
    describe(cx, raised, name, None, message)
}

/// Gives the pending ImportError its attributes. What is pending then: without memory for them a MemoryError.
fn describe(cx: &mut Cx<'_>, raised: Raised, name: &str, path: Option<&str>, message: &str) -> Raised {
    let described = cx.scoped(|cx| {
        if !crate::object::root(cx, Root::Pending).value().is_ref() {
            return Ok(raised);
        }
        // Nothing is pending meanwhile, which is what a failing allocation means by a MemoryError.
        let exception = raise::take(cx);
        for (key, text) in [("name", Some(name)), ("path", path), ("msg", Some(message))] {
            let Some(text) = text else { continue };
            let text = str::new(cx, text)?;
            super::exception_kinds::put(cx, exception, key, text.any())?;
        }
        Ok(raise::raise_object(cx, exception))
    });
    match described {
        Ok(raised) | Err(raised) => raised,
    }
}

/// The strings of `sys.path`.
fn sys_path(cx: &mut Cx<'_>) -> Result<Vec<String>, Raised> {
    let name = names::intern(cx, "path")?;
    match sys_attribute(cx, name) {
        Some(path) => folders(cx, path),
        None => fail!(cx, RUNTIME_ERROR, "sys.path must be a list of directory names"),
    }
}

fn folders(cx: &mut Cx<'_>, path: Handle<'_>) -> Result<Vec<String>, Raised> {
    cx.scoped(|cx| {
        let path = cx.root(path.get(cx));
        let items = crate::object::iter::to_vec(cx, path)?;
        Ok(items.into_iter().filter_map(|i| text_of(cx, i.get(cx))).collect())
    })
}

fn register(cx: &mut Cx<'_>, name: &str, module: Handle<'_>) -> Result<(), Raised> {
    let modules = modules(cx)?;
    let name = names::intern(cx, name)?;
    let key = names::handle(cx, name);
    dict::set_name(cx, modules, key, module)
}

fn unregister(cx: &mut Cx<'_>, name: &str) -> Result<(), Raised> {
    let modules = modules(cx)?;
    let name = names::intern(cx, name)?;
    let key = names::handle(cx, name);
    dict::remove_name(cx, modules, key).map(drop)
}

/// A module of the standard library that is written in Python.
fn load_source<'s>(cx: &mut Cx<'s>, name: &str) -> Result<Handle<'s>, Raised> {
    let Some(def) = crate::stdlib::find_source(name) else {
        return Err(not_found(cx, &format!("No module named '{name}'"), name));
    };
    let (module, attributes) = new_module(cx, name)?;
    // CPython names the modules that it keeps inside itself so.
    let file = format!("<frozen {name}>");
    let found = Found::Source { file, folder: def.is_package.then(|| name.to_owned()) };
    spec::fill(cx, name, attributes, &found)?;
    run_module(cx, name, module, attributes, |cx| {
        let file = format!("<frozen {name}>");
        run_text(cx, def.text.as_bytes(), &file, attributes)
    })
}

fn load_file<'s>(cx: &mut Cx<'s>, name: &str, tail: &str, path: &[String]) -> Result<Handle<'s>, Raised> {
    let Some(found) = find::find(path, tail) else {
        return Err(not_found(cx, &format!("No module named '{name}'"), name));
    };
    let (module, attributes) = new_module(cx, name)?;
    spec::fill(cx, name, attributes, &found)?;
    let Found::Source { file, .. } = &found else {
        register(cx, name, module)?;
        return Ok(module);
    };
    run_module(cx, name, module, attributes, |cx| run_file(cx, file, attributes))
}

/// Runs a fresh module's code by `run`, with the module in `sys.modules`; gives what is there afterwards.
fn run_module<'s>(
    cx: &mut Cx<'s>,
    name: &str,
    module: Handle<'s>,
    attributes: Handle<'s, Dict>,
    run: impl FnOnce(&mut Cx<'s>) -> Result<(), Raised>,
) -> Result<Handle<'s>, Raised> {
    register(cx, name, module)?;
    spec::set_initializing(cx, attributes, true)?;
    let result = run(cx);
    if result.is_err() {
        let pending = raise::take(cx);
        unregister(cx, name)?;
        return Err(raise::raise_object(cx, pending));
    }
    spec::set_initializing(cx, attributes, false)?;
    // A module may put something else in its place.
    match known_module(cx, name) {
        Some(module) => Ok(module),
        None => fail!(cx, KEY_ERROR, "{name}"),
    }
}

fn run_file(cx: &mut Cx<'_>, file: &str, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return Err(super::errors::raise_io(cx, &error, Some(file))),
    };
    super::errors::remember_source(cx, file, &bytes);
    run_text(cx, &bytes, file, attributes)
}

fn run_text(cx: &mut Cx<'_>, text: &[u8], file: &str, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let code = code::compile_to_code(cx, Source::Bytes(text), file, Mode::Exec, false)?;
        code::run(cx, code, attributes, None).map(drop)
    })
}

/// Loads the submodules among what `from package import …` names.
fn load_submodules(
    cx: &mut Cx<'_>,
    module: Handle<'_>,
    absolute: &str,
    fromlist: Handle<'_>,
) -> Result<(), Raised> {
    let items = match tuple::of_handle(cx, cx.root(fromlist.get(cx))) {
        Some(items) => tuple::handles(cx, items)?,
        None => crate::object::iter::to_vec(cx, fromlist)?,
    };
    for item in items {
        let Some(text) = text_of(cx, item.get(cx)) else {
            let given = crate::object::class::type_name(cx, item.get(cx));
            fail!(cx, TYPE_ERROR, "Item in ``from list'' must be str, not {given}");
        };
        if text == "*" {
            if let Some(all) = attr::get_opt(cx, module, names::ALL)? {
                let items = crate::object::iter::to_tuple(cx, all)?;
                let local = items.get(cx);
                let mut names = (0..tuple::len(local)).filter_map(|n| text_of(cx, tuple::item(local, n)?));
                let no_star = names.all(|name| name != "*");
                if no_star {
                    load_submodules(cx, module, absolute, items.any())?;
                }
            }
            continue;
        }
        let name = names::intern(cx, &text)?;
        if attr::get_opt(cx, module, name)?.is_some() {
            continue;
        }
        let full = format!("{absolute}.{text}");
        if let Err(raised) = load(cx, &full) {
            ignore_missing(cx, raised, &full)?;
        }
    }
    Ok(())
}

/// A submodule that doesn't exist is `import_from`'s to report.
fn ignore_missing(cx: &mut Cx<'_>, raised: Raised, name: &str) -> Result<(), Raised> {
    if !raise::pending_is(cx, classes::MODULE_NOT_FOUND_ERROR) {
        return Err(raised);
    }
    let pending = raise::take(cx);
    let missing = super::exception_kinds::own(cx, pending, "name")?.and_then(|n| text_of(cx, n.get(cx)));
    if missing.as_deref() == Some(name) {
        return Ok(());
    }
    Err(raise::raise_object(cx, pending))
}
