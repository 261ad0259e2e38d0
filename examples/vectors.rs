//! An extension module in Rust: arithmetic on arrays of doubles, in place, for scripts that import it.
//!
//! `vectors MANAGER` prints the same under every manager, and the same as its twin in C, `vectors.c`, which leaves the heap while it computes. Here
//! the items are reached through cells that the heap lends.

use std::process::ExitCode;
use taipan::builtins::import;
use taipan::object::buffer::items::Format;
use taipan::object::buffer::view::{self, View};
use taipan::object::native::{self, Args, NativeDef};
use taipan::object::raise::{type_error, value_error, Raised};
use taipan::object::{self, class, dict, none, number, str};
use taipan::{Config, Interpreter};
use taipan_gc::{managers, Cx, Handle};

type Res<'s> = Result<Handle<'s>, Raised>;

const SCRIPT: &str = "\
from array import array
import vectors
x = array('d', range(1, 6))
y = array('d', [0.5]) * 5
vectors.axpy(2.0, x, y)
print(y, vectors.dot(x, y))
vectors.scale(memoryview(y)[1:4], -10)
print(y, vectors.dot(y, y))
big = array('d', [0.25]) * 100000
vectors.axpy(1.0, big, big)
print(vectors.dot(big, big))
def wrong(f, *arguments):
    try:
        f(*arguments)
    except Exception as e:
        print(type(e).__name__)
wrong(vectors.scale, [1.0, 2.0], 3)
wrong(vectors.scale, x, 'three')
wrong(vectors.scale, memoryview(b'12345678'), 3)
wrong(vectors.dot, x, array('i', [1]))
wrong(vectors.dot, x, y[:2])
x.append(6)  # nobody looks at it any more
print(len(x))
";

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("scale", scale, "x, by, /"),
    NativeDef::new("axpy", axpy, "a, x, y, /"),
    NativeDef::new("dot", dot, "x, y, /"),
];

/// Runs `body` with views of doubles of these arguments, all of one length, and that length. The last of them is written to if `writes`.
fn with_doubles<'s, R>(
    cx: &mut Cx<'s>,
    arguments: &[Handle<'s>],
    writes: bool,
    body: impl FnOnce(&mut Cx<'s>, &[Handle<'s, View>], usize) -> Result<R, Raised>,
) -> Result<R, Raised> {
    let mut views: Vec<Handle<'s, View>> = Vec::new();
    let mut opened = Ok(());
    for (at, &argument) in arguments.iter().enumerate() {
        let is_written = writes && at + 1 == arguments.len();
        match open_doubles(cx, argument, is_written) {
            Ok(view) => views.push(view),
            Err(raised) => {
                opened = Err(raised);
                break;
            }
        }
    }
    let len = |view: &Handle<'_, View>| view.get(cx).form().len;
    let same = views.windows(2).all(|pair| len(&pair[0]) == len(&pair[1]));
    let result = match opened {
        Ok(()) if same => {
            let items = views.first().map_or(0, len);
            body(cx, &views, items)
        }
        Ok(()) => Err(value_error(cx, "arrays of different lengths")),
        Err(raised) => Err(raised),
    };
    for view in views {
        view::release(cx, view)?;
    }
    result
}

/// A view of doubles, which keeps the array from changing its length until it is released.
fn open_doubles<'s>(cx: &mut Cx<'s>, value: Handle<'s>, writes: bool) -> Result<Handle<'s, View>, Raised> {
    let Some(view) = view::open(cx, value)? else {
        let given = class::type_name(cx, value.get(cx));
        return Err(type_error(cx, format!("a bytes-like object is required, not '{given}'")));
    };
    let form = view.get(cx).form();
    if form.format == Format(b'd') && !(writes && form.is_readonly) {
        return Ok(view);
    }
    view::release(cx, view)?;
    Err(type_error(cx, "a writable array of doubles is required"))
}

fn item(cx: &Cx<'_>, view: Handle<'_, View>, at: usize) -> f64 {
    f64::from_ne_bytes(view::item(cx, view.get(cx), at))
}

fn put(cx: &Cx<'_>, view: Handle<'_, View>, at: usize, item: f64) {
    view::put(cx, view.get(cx), at, &item.to_ne_bytes());
}

/// `scale(x, by)`: multiplies each item.
fn scale<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let by = number::as_float(cx, args.at(cx, 1))?;
    with_doubles(cx, &[args.at(cx, 0)], true, |cx, views, len| {
        (0..len).for_each(|at| put(cx, views[0], at, item(cx, views[0], at) * by));
        Ok(none(cx))
    })
}

/// `axpy(a, x, y)`: adds a * x to y, item by item.
fn axpy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let a = number::as_float(cx, args.at(cx, 0))?;
    with_doubles(cx, &[args.at(cx, 1), args.at(cx, 2)], true, |cx, views, len| {
        let (x, y) = (views[0], views[1]);
        (0..len).for_each(|at| put(cx, y, at, item(cx, y, at) + a * item(cx, x, at)));
        Ok(none(cx))
    })
}

/// `dot(x, y)`: the sum of the products.
fn dot<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    with_doubles(cx, &[args.at(cx, 0), args.at(cx, 1)], false, |cx, views, len| {
        let sum = (0..len).map(|at| item(cx, views[0], at) * item(cx, views[1], at)).sum();
        Ok(object::float(cx, sum))
    })
}

/// Registers the module `vectors`.
fn setup(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let (module, attributes) = import::new_module(cx, "vectors")?;
    for def in FUNCTIONS {
        let function = native::new(cx, def, None)?;
        let name = str::new(cx, def.name)?;
        dict::set_name(cx, attributes, name, function.any())?;
    }
    let name = str::new(cx, "vectors")?;
    let modules = import::modules(cx)?;
    dict::set_name(cx, modules, name, module)
}

fn run(manager: &str) -> Result<(), String> {
    let config = Config { manager: manager.into(), ..Config::default() };
    let mut python = Interpreter::new(&config).map_err(|error| error.to_string())?;
    let made = python.enter(|cx| cx.scoped(|cx| setup(cx).is_ok()));
    if made != Ok(true) {
        return Err("there is no room for the module".into());
    }
    python.run(SCRIPT.as_bytes(), "vectors.py").map_err(|failure| failure.report)
}

fn main() -> ExitCode {
    let manager = std::env::args().nth(1).unwrap_or_else(|| managers::DEFAULT.to_owned());
    match run(&manager) {
        Ok(()) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("vectors: {report}");
            ExitCode::from(2)
        }
    }
}
