//! Modules that the host gives: its loader is asked after the modules that are built in, and before files.

use super::find::Found;
use super::{new_module, register, run_module, run_text, spec};
use crate::builtins::common::{fail, text_of};
use crate::builtins::functions::code;
use crate::object::bytes;
use crate::object::layout::Code;
use crate::object::raise::Raised;
use crate::stdlib::{put_text, with_extension};
use taipan_gc::{Cx, Handle};

/// What a loader gives.
#[derive(Clone, Copy, Debug)]
pub struct Provided<'s> {
    /// A source (str or bytes), code of a module, or the module itself.
    pub value: Handle<'s>,
    /// Whether modules may be inside of it.
    pub is_package: bool,
}

/// Gives a module by its dotted name; `None`: it has none of that name. The number is the host's own.
pub type LoaderFn = for<'s> fn(&mut Cx<'s>, usize, &str) -> Result<Option<Provided<'s>>, Raised>;

#[derive(Debug, Default)]
struct Loader(Option<(LoaderFn, usize)>);

/// Has a loader asked for modules; it replaces the one before.
pub fn set_loader(cx: &Cx<'_>, loader: LoaderFn, data: usize) {
    with_extension(cx, |_, state: &mut Loader| state.0 = Some((loader, data)));
}

/// The module that the loader gives, run.
pub(super) fn load<'s>(cx: &mut Cx<'s>, name: &str) -> Result<Option<Handle<'s>>, Raised> {
    let Some((ask, data)) = with_extension(cx, |_, state: &mut Loader| state.0) else { return Ok(None) };
    let Some(found) = ask(cx, data, name)? else { return Ok(None) };
    let local = found.value.get(cx);
    let source = match text_of(cx, local) {
        Some(text) => Some(text.into_bytes()),
        None => bytes::of(cx, local).map(|held| bytes::content(held).to_vec()),
    };
    let code = found.value.downcast::<Code>(cx);
    if source.is_none() && code.is_none() {
        register(cx, name, found.value)?;
        return Ok(Some(found.value));
    }
    let file = format!("<host {name}>");
    let (module, attributes) = new_module(cx, name)?;
    let place = match found.is_package {
        // No folder: files are not looked for inside of it.
        true => Found::Namespace(Vec::new()),
        false => Found::Source { file: file.clone(), folder: None },
    };
    spec::fill(cx, name, attributes, &place)?;
    put_text(cx, attributes, "__file__", &file)?;
    let module = run_module(cx, name, module, attributes, |cx| {
        if let Some(code) = code {
            if !code.get(cx).data.unit.free_registers.is_empty() {
                fail!(cx, TYPE_ERROR, "code of a module may not contain free variables");
            }
            return cx.scoped(|cx| code::run(cx, code, attributes, None).map(drop));
        }
        let text = source.unwrap_or_default();
        crate::builtins::errors::remember_source(cx, &file, &text);
        run_text(cx, &text, &file, attributes)
    })?;
    Ok(Some(module))
}
