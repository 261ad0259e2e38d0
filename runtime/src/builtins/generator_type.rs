//! Generators and coroutines: sending, throwing, closing. Running them is the VM's, through `hooks.resume`.

use super::common::{address, fail, string, text_of, Res};
use crate::object::generator::{self, is_running, take_result, title, DONE, SUSPENDED};
use crate::object::layout::{Class, Generator};
use crate::object::names;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{attr, bool, call, class, classes, none, rt, shapes};
use taipan_gc::{Cx, Handle};

/// Methods of `generator`.
pub(super) const GENERATOR: &[NativeDef] = &[
    NativeDef::new("__iter__", keep, "self, /"),
    NativeDef::new("__next__", next, "self, /"),
    NativeDef::new("send", send, "self, arg, /"),
    NativeDef::new("throw", throw, "self, typ, val=None, tb=None, /"),
    NativeDef::new("close", close, "self, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::getter("__name__", name),
    NativeDef::getter("__qualname__", qualname),
    NativeDef::getter("gi_running", running),
    NativeDef::getter("gi_suspended", suspended),
    NativeDef::getter("gi_code", code),
    NativeDef::getter("gi_frame", frame),
    NativeDef::getter("gi_yieldfrom", waits_for),
];

/// Methods of `coroutine`.
pub(super) const COROUTINE: &[NativeDef] = &[
    NativeDef::new("__await__", keep, "self, /"),
    NativeDef::new("__next__", next, "self, /"),
    NativeDef::new("send", send, "self, arg, /"),
    NativeDef::new("throw", throw, "self, typ, val=None, tb=None, /"),
    NativeDef::new("close", close, "self, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::getter("__name__", name),
    NativeDef::getter("__qualname__", qualname),
    NativeDef::getter("cr_running", running),
    NativeDef::getter("cr_suspended", suspended),
    NativeDef::getter("cr_code", code),
    NativeDef::getter("cr_frame", frame),
    NativeDef::getter("cr_await", waits_for),
];

/// Methods of `async_generator`.
pub(super) const ASYNC_GENERATOR: &[NativeDef] = &[
    NativeDef::new("__aiter__", keep, "self, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::getter("__name__", name),
    NativeDef::getter("__qualname__", qualname),
    NativeDef::getter("ag_running", running),
    NativeDef::getter("ag_code", code),
];

fn self_generator<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Generator>, Raised> {
    match args.at(cx, 0).downcast::<Generator>(cx) {
        Some(generator) => Ok(generator),
        None => Err(wrong_self(cx, args, "generator")),
    }
}

fn keep<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(args.at(cx, 0))
}

fn resume<'s>(cx: &mut Cx<'s>, generator: Handle<'s, Generator>, value: Handle<'s>, throw: bool) -> Res<'s> {
    match (rt(cx).hooks.resume)(cx, generator, value, throw)? {
        Some(yielded) => Ok(yielded),
        None => {
            let result = take_result(cx, generator);
            Err(raise::stop_iteration(cx, result))
        }
    }
}

fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let value = none(cx);
    resume(cx, generator, value, false)
}

fn send<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    resume(cx, generator, args.at(cx, 1), false)
}

/// The exception that `throw(type, value, traceback)` means.
fn to_throw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (given, value) = (args.at(cx, 1), args.some(cx, 2));
    let exception = if class::is_instance(cx, given.get(cx), classes::BASE_EXCEPTION) {
        if value.is_some() {
            fail!(cx, TYPE_ERROR, "instance exception may not have a separate value");
        }
        given
    } else {
        match exception_class(cx, given) {
            None => {
                let name = class::type_name(cx, given.get(cx));
                fail!(
                    cx,
                    TYPE_ERROR,
                    "exceptions must be classes or instances deriving from BaseException, not {name}"
                );
            }
            Some(class) => match value {
                Some(value) if class::is_subclass(cx, class::of(cx, value.get(cx)), class.get(cx)) => value,
                Some(value) => match crate::object::tuple::of_handle(cx, value) {
                    Some(items) => {
                        let items = crate::object::tuple::handles(cx, items)?;
                        call::call(cx, given, &items)?
                    }
                    None => call::call(cx, given, &[value])?,
                },
                None => call::call(cx, given, &[])?,
            },
        }
    };
    if let Some(traceback) = args.some(cx, 3) {
        if traceback.get(cx).shape() != Some(shapes::TRACEBACK) {
            fail!(cx, TYPE_ERROR, "throw() third argument must be a traceback object");
        }
        attr::set(cx, exception, names::TRACEBACK, traceback)?;
    }
    Ok(exception)
}

fn exception_class<'s>(cx: &Cx<'s>, value: Handle<'s>) -> Option<Handle<'s, Class>> {
    let class = class::of_handle(cx, value)?;
    class::is_subclass(cx, class.get(cx), classes::local(cx, classes::BASE_EXCEPTION)).then_some(class)
}

fn throw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let exception = to_throw(cx, args)?;
    resume(cx, generator, exception, true)
}

fn close<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    generator::close(cx, generator)?;
    Ok(none(cx))
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let local = generator.get(cx);
    let class = class::type_name(cx, local.any());
    let qualname = title(cx, local, 1).and_then(|n| text_of(cx, n)).unwrap_or_default();
    let text = format!("<{class} object {qualname} at {}>", address(cx, local.any())?);
    string(cx, &text)
}

fn name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let found = title(cx, generator.get(cx), 0).map(|n| cx.root(n));
    Ok(found.unwrap_or_else(|| none(cx)))
}

fn qualname<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let found = title(cx, generator.get(cx), 1).map(|n| cx.root(n));
    Ok(found.unwrap_or_else(|| none(cx)))
}

fn running<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let running = is_running(cx, generator.get(cx));
    Ok(bool(cx, running))
}

fn suspended<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let generator = generator.get(cx);
    Ok(bool(cx, generator.state.get() == SUSPENDED && !is_running(cx, generator)))
}

fn waits_for<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let inner = generator::waits_for(cx, generator.get(cx)).map(|inner| cx.root(inner));
    Ok(inner.unwrap_or_else(|| none(cx)))
}

fn code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    let function = generator.get(cx).function.get(cx);
    let code = function.and_then(|f| f.code.get(cx)).map(|c| cx.root(c.any()));
    Ok(code.unwrap_or_else(|| none(cx)))
}

/// None once the generator is done; there are no frame objects, so a stand-in (its code) before that.
fn frame<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generator = self_generator(cx, args)?;
    if generator.get(cx).state.get() == DONE {
        return Ok(none(cx));
    }
    code(cx, args)
}
