//! The functions of `sys`.
//!
//! `getsizeof` tells the bytes that our objects take, storage included. `getrefcount` tells the count that a counting manager keeps (the
//! call's own references included), and 1 under tracing managers, which keep none. There are no frame objects: `_getframe` is left out.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::native::{Args, NativeDef};
use crate::object::{
    attr, bool, call, class, classes, float, frames, int, names, none, number, raise, root, rt, str, tuple,
    Root,
};
use taipan_gc::{Cx, Handle};

/// The functions.
pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("exit", exit, "status=None, /"),
    NativeDef::new("exc_info", exc_info, ""),
    NativeDef::new("exception", exception, ""),
    NativeDef::new("getrecursionlimit", get_recursion_limit, ""),
    NativeDef::new("setrecursionlimit", set_recursion_limit, "limit, /"),
    NativeDef::new("getsizeof", getsizeof, "object, default=None"),
    NativeDef::new("getrefcount", getrefcount, "object, /"),
    NativeDef::new("intern", intern, "string, /"),
    NativeDef::new("getdefaultencoding", utf8, ""),
    NativeDef::new("getfilesystemencoding", utf8, ""),
    NativeDef::new("getfilesystemencodeerrors", surrogateescape, ""),
    NativeDef::new("get_int_max_str_digits", get_digits, ""),
    NativeDef::new("set_int_max_str_digits", set_digits, "maxdigits"),
    NativeDef::new("getswitchinterval", switch_interval, ""),
    NativeDef::new("setswitchinterval", set_switch_interval, "interval, /"),
    NativeDef::new("is_finalizing", is_finalizing, ""),
    NativeDef::new("getallocatedblocks", allocated_blocks, ""),
    NativeDef::new("gettrace", nothing, ""),
    NativeDef::new("settrace", ignore, "function, /"),
    NativeDef::new("getprofile", nothing, ""),
    NativeDef::new("setprofile", ignore, "function, /"),
    NativeDef::new("displayhook", display, "object, /"),
    NativeDef::new("excepthook", excepthook, "exctype, value, traceback, /"),
];

fn exit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = classes::handle(cx, classes::SYSTEM_EXIT).any();
    let exception = match args.get(cx, 0) {
        Some(status) => match tuple::of_handle(cx, status) {
            // As when raising a class with a tuple as value.
            Some(items) => {
                let items = tuple::handles(cx, items)?;
                call::call(cx, class, &items)?
            }
            None if status.get(cx).value().is_none() => call::call(cx, class, &[])?,
            None => call::call(cx, class, &[status])?,
        },
        None => call::call(cx, class, &[])?,
    };
    Err(raise::raise_object(cx, exception))
}

fn handled<'s>(cx: &Cx<'s>) -> Option<Handle<'s>> {
    let handled = root(cx, Root::Handled);
    handled.value().is_ref().then(|| cx.root(handled))
}

fn exc_info<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let parts = match handled(cx) {
        Some(exception) => {
            let class = class::of_value(cx, exception.get(cx)).any();
            let traceback = attr::get(cx, exception, names::TRACEBACK)?;
            [class, exception, traceback]
        }
        None => [none(cx); 3],
    };
    Ok(tuple::new(cx, &parts)?.any())
}

fn exception<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(handled(cx).unwrap_or_else(|| none(cx)))
}

fn get_recursion_limit<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let limit = rt(cx).recursion_limit.get();
    int::from_i64(cx, i64::from(limit))
}

fn set_recursion_limit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let limit = convert::index_i32(cx, args.at(cx, 0))?;
    if limit < 1 {
        fail!(cx, VALUE_ERROR, "recursion limit must be greater or equal than 1");
    }
    let depth = rt(cx).depth.get();
    if depth >= limit as u32 {
        fail!(
            cx,
            RECURSION_ERROR,
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        );
    }
    rt(cx).recursion_limit.set(limit as u32);
    Ok(none(cx))
}

fn getsizeof<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let local = object.get(cx);
    let own =
        attr::special(cx, local, names::SIZEOF).filter(|f| !class::is_of_object(cx, *f)).map(|f| cx.root(f));
    if own.is_some() {
        if let Some(size) = call::call_special(cx, object, names::SIZEOF, &[])? {
            return Ok(size);
        }
    }
    // Immediates take the word they lie in.
    let local = object.get(cx);
    let size = frames::size_of(cx, local).max(8) + frames::storage_size(cx, local);
    int::from_usize(cx, size)
}

fn getrefcount<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let count = args.at(cx, 0).get(cx).header().map_or(1, |h| i64::from(h.count())).max(1);
    int::from_i64(cx, count)
}

fn intern<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let given = args.at(cx, 0);
    let Some(text) = str::of(cx, given.get(cx)) else {
        fail!(cx, TYPE_ERROR, "intern() argument must be str, not {}", class::type_name(cx, given.get(cx)));
    };
    // Lone surrogates have no name.
    if str::to_utf8(text).is_none() {
        return Ok(given);
    }
    let name = str::intern(cx, text)?;
    Ok(names::handle(cx, name).any())
}

fn utf8<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    crate::builtins::common::string(cx, "utf-8")
}

fn surrogateescape<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    crate::builtins::common::string(cx, "surrogateescape")
}

fn get_digits<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let digits = convert::max_str_digits(cx);
    int::from_usize(cx, digits)
}

fn set_digits<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let digits = convert::index_i32(cx, args.at(cx, 0))?;
    if digits != 0 && digits < 640 {
        fail!(cx, VALUE_ERROR, "maxdigits must be 0 or larger than 640");
    }
    convert::set_max_str_digits(cx, digits as usize);
    Ok(none(cx))
}

fn switch_interval<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(float(cx, 0.005))
}

fn set_switch_interval<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if number::as_float(cx, args.at(cx, 0))? <= 0.0 {
        fail!(cx, VALUE_ERROR, "switch interval must be strictly positive");
    }
    Ok(none(cx))
}

fn is_finalizing<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(bool(cx, false))
}

fn allocated_blocks<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let live = cx.stats().live_objects;
    int::from_usize(cx, live as usize)
}

fn nothing<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

fn ignore<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

fn display<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = args.at(cx, 0);
    if value.get(cx).value().is_none() {
        return Ok(value);
    }
    let shown = crate::builtins::repr::repr(cx, value)?;
    let text = format!("{}\n", str::lossy(shown.get(cx)));
    write(cx, names::STDOUT, &text)?;
    Ok(none(cx))
}

fn excepthook<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = crate::builtins::errors::report(cx, args.at(cx, 1));
    write(cx, names::STDERR, &text)?;
    Ok(none(cx))
}

/// Writes to `sys.stdout` or `sys.stderr`.
fn write(cx: &mut Cx<'_>, stream: names::NameId, text: &str) -> Result<(), raise::Raised> {
    let Some(stream) = crate::builtins::import::sys_attribute(cx, stream) else { return Ok(()) };
    let text = str::new(cx, text)?.any();
    call::call_method(cx, stream, names::WRITE, &[text]).map(drop)
}
