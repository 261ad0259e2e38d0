//! What a module loaded from a file knows of itself: `__file__`, `__path__`, `__package__`, `__spec__`.

use super::find::Found;
use crate::object::layout::{Class, Dict};
use crate::object::names;
use crate::object::raise::Raised;
use crate::object::{bool, classes, define, dict, instance, list, none, str};
use crate::stdlib::{put, put_text, with_extension};
use taipan_gc::{Cx, Handle, Owned};

/// The class of module specs, made at need.
#[derive(Debug, Default)]
struct SpecClass(Option<Owned<Class>>);

fn spec_class<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Class>, Raised> {
    let known = with_extension(cx, |_, state: &mut SpecClass| state.0);
    if let Some(class) = known.and_then(|c| cx.owned(c)) {
        return Ok(cx.root(class));
    }
    let namespace = dict::new(cx)?;
    put_text(cx, namespace, "__module__", "_frozen_importlib")?;
    let name = str::new(cx, "ModuleSpec")?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, name, &[], namespace, None)?;
    let owned = cx.own(class.get(cx))?;
    with_extension(cx, |_, state: &mut SpecClass| state.0 = Some(owned));
    Ok(class)
}

/// Fills a module's dict before its code runs.
pub(super) fn fill(
    cx: &mut Cx<'_>,
    name: &str,
    attributes: Handle<'_, Dict>,
    found: &Found,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let (file, folders) = match found {
            Found::Source { file, folder } => {
                (Some(file.as_str()), folder.as_ref().map(std::slice::from_ref))
            }
            Found::Namespace(folders) => (None, Some(folders.as_slice())),
        };
        let package = match folders {
            Some(_) => name,
            None => name.rsplit_once('.').map_or("", |(package, _)| package),
        };
        put_text(cx, attributes, "__package__", package)?;
        let path = match folders {
            Some(folders) => {
                let path = list::with_capacity(cx, folders.len())?;
                for folder in folders {
                    let folder = str::new(cx, folder)?.any();
                    list::append(cx, path, folder)?;
                }
                put(cx, attributes, "__path__", path.any())?;
                path.any()
            }
            None => none(cx),
        };
        let origin = match file {
            Some(file) => str::new(cx, file)?.any(),
            None => none(cx),
        };
        if file.is_some() {
            put(cx, attributes, "__file__", origin)?;
            let nothing = none(cx);
            put(cx, attributes, "__cached__", nothing)?;
        }
        let class = spec_class(cx)?;
        let spec = instance::new(cx, class)?;
        let name = str::new(cx, name)?.any();
        let parent = str::new(cx, package)?.any();
        let (no, nothing) = (bool(cx, false), none(cx));
        for (key, value) in [
            ("name", name),
            ("loader", nothing),
            ("origin", origin),
            ("submodule_search_locations", path),
            ("parent", parent),
            ("cached", nothing),
            ("_initializing", no),
        ] {
            let key = names::intern(cx, key)?;
            instance::set(cx, spec, key, value)?;
        }
        put(cx, attributes, "__spec__", spec)
    })
}

/// Notes whether the module's code is running.
pub(super) fn set_initializing(
    cx: &mut Cx<'_>,
    attributes: Handle<'_, Dict>,
    now: bool,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let spec = dict::get_name(cx, attributes.get(cx), names::local(cx, names::SPEC)).map(|s| cx.root(s));
        let Some(spec) = spec.filter(|s| s.get(cx).shape().is_some()) else { return Ok(()) };
        let key = names::intern(cx, "_initializing")?;
        let value = bool(cx, now);
        crate::object::attr::set(cx, spec, key, value)
    })
}
