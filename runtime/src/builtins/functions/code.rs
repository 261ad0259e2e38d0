//! `globals`, `locals`, `compile`, `exec`, `eval` and `__import__`; running compiled units.

use crate::builtins::common::{fail, text_of, Res};
use crate::builtins::import;
use crate::bytecode::code::FLAG_NAMESPACE;
use crate::bytecode::CodeUnit;
use crate::compile::{compile_source, Options};
use crate::object::layout::{CellObject, Code, Dict, FunctionInit, Tuple};
use crate::object::names;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{self, raise, Raised};
use crate::object::{
    attr, bytes, call, class, classes, dict, frames, int, none, retrying, root, rt, str, tuple, Root,
};
use crate::syntax::{ErrorKind, Mode, Source, SyntaxError, NULL_BYTES};
use taipan_gc::{Cx, Handle};

/// `globals`, `locals`, `compile`, `exec`, `eval`, `__import__`
pub const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("globals", globals, ""),
    NativeDef::new("locals", locals, ""),
    NativeDef::new(
        "compile",
        compile,
        "source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1",
    ),
    NativeDef::new("exec", exec, "source, globals=None, locals=None, /, *, closure=None"),
    NativeDef::new("eval", eval, "source, globals=None, locals=None, /"),
    NativeDef::new("__import__", import_function, "name, globals=None, locals=None, fromlist=(), level=0"),
];

/// Sources of code that `compile` made, kept so that `exec` with separate locals can compile them anew: such code looks its names up
/// differently.
#[derive(Debug, Default)]
struct Compiled {
    units: Vec<(taipan_gc::Weak<Code>, String, Mode)>,
}

fn globals<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    match frames::caller_globals(cx) {
        Some(globals) => Ok(globals.any()),
        None => Ok(none(cx)),
    }
}

fn locals<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    locals_of_caller(cx)
}

/// `locals()` of the frame that called the native.
pub(super) fn locals_of_caller<'s>(cx: &mut Cx<'s>) -> Res<'s> {
    match frames::caller_locals(cx)? {
        Some(locals) => Ok(locals),
        None => fail!(cx, SYSTEM_ERROR, "frame does not exist"),
    }
}

/// Raises what the compiler says.
pub fn raise_syntax_error(cx: &mut Cx<'_>, filename: &str, error: &SyntaxError) -> Raised {
    let class = match error.kind {
        ErrorKind::Recursion => return raise(cx, classes::RECURSION_ERROR, &error.message),
        ErrorKind::Overflow => return raise(cx, classes::OVERFLOW_ERROR, &error.message),
        ErrorKind::Syntax => classes::SYNTAX_ERROR,
        ErrorKind::Indentation => classes::INDENTATION_ERROR,
        ErrorKind::Tab => classes::TAB_ERROR,
    };
    let made = cx.scoped(|cx| {
        let message = str::new(cx, &error.message)?.any();
        let class = classes::handle(cx, class).any();
        let exception = if error.line == 0 {
            call::call(cx, class, &[message])?
        } else {
            let filename = str::new(cx, filename)?.any();
            let text = match &error.text {
                Some(text) => str::new(cx, &format!("{text}\n"))?.any(),
                None => none(cx),
            };
            let mut info = vec![filename];
            let numbers = [error.line, error.column, error.end_line, error.end_column];
            for number in numbers {
                info.push(int::from_i64(cx, i64::from(number))?);
            }
            info.insert(3, text);
            let info = tuple::new(cx, &info)?.any();
            call::call(cx, class, &[message, info])?
        };
        Ok::<_, Raised>(raise::raise_object(cx, exception))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// Compiles a source to a code object of this heap.
pub fn compile_to_code<'s>(
    cx: &mut Cx<'s>,
    source: Source<'_>,
    filename: &str,
    mode: Mode,
    namespace: bool,
) -> Result<Handle<'s, Code>, Raised> {
    let options = Options { namespace, ..Options::default() };
    match compile_source(source, filename, mode, options) {
        Ok(unit) => load(cx, unit),
        Err(error) if error.message == NULL_BYTES => {
            Err(raise(cx, classes::VALUE_ERROR, "source code string cannot contain null bytes"))
        }
        Err(error) => Err(raise_syntax_error(cx, filename, &error)),
    }
}

/// Makes a unit a code object of this heap.
pub fn load<'s>(cx: &mut Cx<'s>, unit: CodeUnit) -> Result<Handle<'s, Code>, Raised> {
    (rt(cx).hooks.load)(cx, unit)
}

/// Runs module-level code: in the globals, or in a namespace of its own when the code was compiled so. Code with free variables is refused.
pub fn run<'s>(
    cx: &mut Cx<'s>,
    code: Handle<'_, Code>,
    globals: Handle<'_, Dict>,
    namespace: Option<Handle<'_>>,
) -> Res<'s> {
    if !code.get(cx).data.unit.free_registers.is_empty() {
        fail!(cx, TYPE_ERROR, "code that is run may not contain free variables");
    }
    run_closed(cx, code, globals, namespace, None)
}

/// As [`run`]; the closure has the cells of the code's free variables, which the caller has checked.
fn run_closed<'s>(
    cx: &mut Cx<'s>,
    code: Handle<'_, Code>,
    globals: Handle<'_, Dict>,
    namespace: Option<Handle<'_>>,
    closure: Option<Handle<'_, Tuple>>,
) -> Res<'s> {
    cx.scoped_keep(|cx| {
        let unit = &code.get(cx).data.unit;
        let takes_namespace = unit.flags & FLAG_NAMESPACE != 0;
        let name = unit.name.to_string();
        let name = str::new(cx, &name)?;
        let function = retrying(cx, |cx| {
            cx.alloc(FunctionInit {
                code: Some(code.get(cx)),
                globals: Some(globals.get(cx)),
                defaults: None,
                keyword_defaults: None,
                closure: closure.map(|closure| closure.get(cx)),
                name: Some(name.get(cx).any()),
                qualname: Some(name.get(cx).any()),
                doc: None,
                module: None,
                annotations: None,
                dict: None,
                inner: None,
            })
        })?;
        match namespace {
            _ if !takes_namespace => call::call(cx, function.any(), &[]),
            Some(namespace) => call::call(cx, function.any(), &[namespace]),
            None => call::call(cx, function.any(), &[globals.any()]),
        }
    })
}

/// The text of a source argument: a string, or bytes.
enum Text {
    Str(String),
    Bytes(Vec<u8>),
}

impl Text {
    fn of(cx: &Cx<'_>, value: Handle<'_>) -> Option<Text> {
        if let Some(text) = text_of(cx, value.get(cx)) {
            return Some(Text::Str(text));
        }
        bytes::of(cx, value.get(cx)).map(|b| Text::Bytes(bytes::content(b).to_vec()))
    }

    fn source(&self) -> Source<'_> {
        match self {
            Text::Str(text) => Source::Text(text),
            Text::Bytes(bytes) => Source::Bytes(bytes),
        }
    }

    fn into_string(self) -> String {
        match self {
            Text::Str(text) => text,
            Text::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

fn compile<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let filename = match text_of(cx, args.at(cx, 1).get(cx)) {
        Some(filename) => filename,
        None => match bytes::of(cx, args.at(cx, 1).get(cx)) {
            Some(name) => String::from_utf8_lossy(bytes::content(name)).into_owned(),
            None => {
                let given = class::type_name(cx, args.at(cx, 1).get(cx));
                fail!(cx, TYPE_ERROR, "expected str, bytes or os.PathLike object, not {given}");
            }
        },
    };
    let Some(mode) = text_of(cx, args.at(cx, 2).get(cx)) else {
        let given = class::type_name(cx, args.at(cx, 2).get(cx));
        fail!(cx, TYPE_ERROR, "compile() argument 'mode' must be str, not {given}");
    };
    let mode = match mode.as_str() {
        "exec" => Mode::Exec,
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => fail!(cx, VALUE_ERROR, "compile() mode must be 'exec', 'eval' or 'single'"),
    };
    let Some(text) = Text::of(cx, args.at(cx, 0)) else {
        fail!(cx, TYPE_ERROR, "compile() arg 1 must be a string, bytes or AST object");
    };
    let code = compile_to_code(cx, text.source(), &filename, mode, false)?;
    remember(cx, code, text.into_string(), mode)?;
    Ok(code.any())
}

fn remember(cx: &mut Cx<'_>, code: Handle<'_, Code>, text: String, mode: Mode) -> Result<(), Raised> {
    let Some(weak) = cx.downgrade(code.get(cx))? else { return Ok(()) };
    crate::stdlib::with_extension(cx, |cx, compiled: &mut Compiled| {
        compiled.units.retain(|(weak, _, _)| cx.upgrade(*weak).is_some());
        compiled.units.push((weak, text, mode));
    });
    Ok(())
}

/// The source of a code object that `compile` made.
fn recall(cx: &Cx<'_>, code: Handle<'_, Code>) -> Option<(String, Mode)> {
    crate::stdlib::with_extension(cx, |cx, compiled: &mut Compiled| {
        let found =
            compiled.units.iter().find(|(weak, _, _)| cx.upgrade(*weak).is_some_and(|c| c.is(code.get(cx))));
        found.map(|(_, text, mode)| (text.clone(), *mode))
    })
}

fn exec<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (globals, locals) = match namespaces(cx, args)? {
        Ok(found) => found,
        Err((what, given)) => match what {
            "globals" => fail!(cx, TYPE_ERROR, "exec() globals must be a dict, not {given}"),
            _ => fail!(cx, TYPE_ERROR, "locals must be a mapping or None, not {given}"),
        },
    };
    evaluate(cx, args, globals, locals, Mode::Exec)?;
    Ok(none(cx))
}

fn eval<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (globals, locals) = match namespaces(cx, args)? {
        Ok(found) => found,
        Err((what, _)) => match what {
            "globals" => fail!(cx, TYPE_ERROR, "globals must be a dict"),
            _ => fail!(cx, TYPE_ERROR, "locals must be a mapping"),
        },
    };
    evaluate(cx, args, globals, locals, Mode::Eval)
}

type Namespaces<'s> = (Handle<'s, Dict>, Option<Handle<'s>>);

/// Globals, and locals where they are something else. The inner error names the argument and its type.
fn namespaces<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
) -> Result<Result<Namespaces<'s>, (&'static str, String)>, Raised> {
    let (globals, mut locals) = match args.some(cx, 1) {
        Some(given) => match dict::of_handle(cx, given) {
            Some(globals) => (globals, None),
            None => return Ok(Err(("globals", class::type_name(cx, given.get(cx))))),
        },
        None => {
            let Some(globals) = frames::caller_globals(cx) else {
                fail!(cx, SYSTEM_ERROR, "globals and locals cannot be NULL");
            };
            let locals = match args.some(cx, 2) {
                Some(_) => None,
                None => Some(locals_of_caller(cx)?),
            };
            (globals, locals)
        }
    };
    if let Some(given) = args.some(cx, 2) {
        if attr::special(cx, given.get(cx), names::GETITEM).is_none() {
            return Ok(Err(("locals", class::type_name(cx, given.get(cx)))));
        }
        locals = Some(given);
    }
    let locals = locals.filter(|l| !l.get(cx).is(globals.get(cx)));
    let key = names::handle(cx, names::BUILTINS);
    if dict::get_name(cx, globals.get(cx), key.get(cx)).is_none() {
        if let Some(builtins) = import::known_module(cx, "builtins") {
            dict::set_name(cx, globals, key, builtins)?;
        }
    }
    Ok(Ok((globals, locals)))
}

fn evaluate<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    globals: Handle<'s, Dict>,
    locals: Option<Handle<'s>>,
    mode: Mode,
) -> Res<'s> {
    let source = args.at(cx, 0);
    let given = if mode == Mode::Exec { args.some(cx, 3) } else { None };
    if let Some(code) = source.downcast::<Code>(cx) {
        let closure = closure_for(cx, code, given, mode)?;
        let code = match locals {
            Some(_) if code.get(cx).data.unit.flags & FLAG_NAMESPACE == 0 => for_namespace(cx, code)?,
            _ => code,
        };
        return run_closed(cx, code, globals, locals, closure);
    }
    if given.is_some() {
        fail!(cx, TYPE_ERROR, "closure can only be used when source is a code object");
    }
    let Some(text) = Text::of(cx, source) else {
        let name = if mode == Mode::Exec { "exec" } else { "eval" };
        fail!(cx, TYPE_ERROR, "{name}() arg 1 must be a string, bytes or code object");
    };
    let code = compile_to_code(cx, text.source(), "<string>", mode, locals.is_some())?;
    run(cx, code, globals, locals)
}

/// The cells that `exec` was given for the free variables of code, checked: the code relies on them.
fn closure_for<'s>(
    cx: &mut Cx<'s>,
    code: Handle<'_, Code>,
    given: Option<Handle<'s>>,
    mode: Mode,
) -> Result<Option<Handle<'s, Tuple>>, Raised> {
    let wants = code.get(cx).data.unit.free_registers.len();
    if wants == 0 {
        if given.is_some() {
            fail!(cx, TYPE_ERROR, "cannot use a closure with this code object");
        }
        return Ok(None);
    }
    if mode == Mode::Eval {
        fail!(cx, TYPE_ERROR, "code object passed to eval() may not contain free variables");
    }
    if let Some(cells) = given.and_then(|given| tuple::of_handle(cx, given)) {
        let all = tuple::handles(cx, cells)?;
        if all.len() == wants && all.iter().all(|cell| cell.downcast::<CellObject>(cx).is_some()) {
            return Ok(Some(cells));
        }
    }
    fail!(cx, TYPE_ERROR, "code object requires a closure of exactly length {wants}");
}

/// The same code, compiled to look its names up in a namespace.
fn for_namespace<'s>(cx: &mut Cx<'s>, code: Handle<'s, Code>) -> Result<Handle<'s, Code>, Raised> {
    match recall(cx, code) {
        Some((text, mode)) => {
            let filename = code.get(cx).data.unit.filename.to_string();
            compile_to_code(cx, Source::Text(&text), &filename, mode, true)
        }
        None => Ok(code),
    }
}

fn import_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(name) = text_of(cx, args.at(cx, 0).get(cx)) else {
        fail!(cx, TYPE_ERROR, "module name must be a string");
    };
    let globals = args.some(cx, 1).and_then(|g| dict::of_handle(cx, g));
    let fromlist = match args.get(cx, 3) {
        Some(list) => list,
        None => cx.root(root(cx, Root::EmptyTuple)),
    };
    let level = args.get(cx, 4).and_then(|l| l.get(cx).value().as_int()).unwrap_or(0);
    if level < 0 {
        fail!(cx, VALUE_ERROR, "level must be >= 0");
    }
    import::import_name(cx, &name, globals, fromlist, level as usize)
}
