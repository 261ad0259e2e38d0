//! A host in Rust that plug-ins extend: it sends lines of text through hooks that scripts register. A loader gives them their source, a module `host` what
//! they may do: `on(event, function, priority)`, `log(text)`, `setting(name)`. One that fails (it can't be read, raises, runs for ever, takes all memory)
//! is reported and taken out; the others go on. Plug-ins are reloaded, and leave nothing behind.
//!
//! `plugins MANAGER` prints the same bytes under every manager that collects, and the same as its twin in C, `plugins.c`; so errors are told by the
//! names of its statuses.

use std::process::ExitCode;
use taipan::builtins::{errors, import};
use taipan::object::native::{self, Args, NativeDef};
use taipan::object::raise::{self, raise, type_error, Raised};
use taipan::object::{call, classes, dict, int, none, str};
use taipan::stdlib::with_extension;
use taipan::{Config, Interpreter};
use taipan_gc::{managers, CollectKind, Cx, Handle, HeapConfig, Owned, Weak};

type Res<'s> = Result<Handle<'s>, Raised>;

/// For each call of a plug-in.
const FUEL: u64 = 100_000;
const MEMORY: usize = 16 << 20;

const PLUGINS: &[(&str, &str)] = &[
    (
        "counter",
        "\
import host
words = 0
def count(text):
    global words
    words += len(text.split())
host.on('line', count)
host.on('end', lambda text: host.log(f'{words} words'))
",
    ),
    ("typo", "import host\ndef f(:\n"),
    ("unset", "import host\nhost.setting('colour')\n"),
    (
        "fragile",
        "\
import host
def number(text):
    return int(text.split()[0])
def check(text):
    number(text)
host.on('line', check, priority=5)
",
    ),
    (
        "shout",
        "\
import host
mark = host.setting('mark')
def shout(text):
    return text.upper() + mark
host.on('line', shout, priority=9)
",
    ),
    (
        "spinner",
        "\
import host
def spin(text):
    while 'SAILS' in text: pass
host.on('line', spin, priority=10)
",
    ),
    (
        "hog",
        "\
import host
def take(text):
    taken = []
    while 'OARS' in text: taken.append([0] * 100000)
host.on('line', take, priority=10)
",
    ),
];

struct Plugin {
    name: &'static str,
    source: &'static str,
    /// Whether it is loaded, and gone.
    module: Option<Weak>,
}

#[derive(Clone)]
struct Hook {
    event: String,
    priority: i64,
    plugin: usize,
    function: Owned,
}

/// The host's state, which the heap keeps.
#[derive(Default)]
struct App {
    plugins: Vec<Plugin>,
    /// In the order in which they are called.
    hooks: Vec<Hook>,
    /// Whose code runs.
    current: usize,
}

fn app<R>(cx: &Cx<'_>, body: impl FnOnce(&mut App) -> R) -> R {
    with_extension(cx, |_, app: &mut App| body(app))
}

// ---- what plug-ins may do ----

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("on", on, "event, function, priority="),
    NativeDef::new("log", log_text, "text, /"),
    NativeDef::new("setting", setting, "name, /"),
];

fn text_of(cx: &Cx<'_>, value: Handle<'_>) -> String {
    str::of(cx, value.get(cx)).map(str::lossy).unwrap_or_default()
}

fn on<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let event = text_of(cx, args.at(cx, 0));
    let priority = args.get(cx, 2).map_or(Some(0), |given| int::to_i64(cx, given.get(cx)));
    let Some(priority) = priority else { return Err(type_error(cx, "a priority is an int")) };
    let function = cx.own(args.at(cx, 1).get(cx))?;
    app(cx, |app| {
        let at = app.hooks.partition_point(|hook| hook.priority <= priority);
        app.hooks.insert(at, Hook { event, priority, plugin: app.current, function });
    });
    Ok(none(cx))
}

fn log_text<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = text_of(cx, args.at(cx, 0));
    app(cx, |app| println!("{} says: {text}", app.plugins[app.current].name));
    Ok(none(cx))
}

fn setting<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match text_of(cx, args.at(cx, 0)).as_str() {
        "mark" => Ok(str::new(cx, "!")?.any()),
        _ => Err(raise(cx, classes::LOOKUP_ERROR, "no such setting")),
    }
}

fn load_module<'s>(cx: &mut Cx<'s>, _: usize, name: &str) -> Result<Option<import::Provided<'s>>, Raised> {
    let source = app(cx, |app| app.plugins.iter().find(|p| p.name == name).map(|p| p.source));
    let Some(source) = source else { return Ok(None) };
    Ok(Some(import::Provided { value: str::new(cx, source)?.any(), is_package: false }))
}

fn setup(cx: &mut Cx<'_>) -> Result<(), Raised> {
    import::set_loader(cx, load_module, 0);
    let (module, attributes) = import::new_module(cx, "host")?;
    for def in FUNCTIONS {
        let function = native::new(cx, def, None)?;
        let name = str::new(cx, def.name)?;
        dict::set_name(cx, attributes, name, function.any())?;
    }
    let (modules, name) = (import::modules(cx)?, str::new(cx, "host")?);
    dict::set_name(cx, modules, name, module)
}

// ---- loading, unloading ----

/// Takes a plug-in out: its hooks, its module, and so all that it has made.
fn unload(cx: &mut Cx<'_>, plugin: usize) {
    let name = app(cx, |app| app.plugins[plugin].name);
    let hooks = app(cx, |app| std::mem::take(&mut app.hooks));
    let (gone, kept): (Vec<Hook>, Vec<Hook>) = hooks.into_iter().partition(|hook| hook.plugin == plugin);
    app(cx, |app| app.hooks = kept);
    for hook in gone {
        cx.disown(hook.function);
    }
    cx.scoped(|cx| {
        let removed = import::modules(cx).and_then(|modules| {
            let name = str::new(cx, name)?;
            dict::remove_name(cx, modules, name)
        });
        if removed.is_err() {
            raise::take(cx);
        }
    });
    cx.collect(CollectKind::Full);
    if let Some(module) = app(cx, |app| app.plugins[plugin].module.take()) {
        let end = if cx.upgrade(module).is_none() { "and gone" } else { "but kept" };
        println!("{name} is unloaded, {end}");
    }
}

/// Runs a plug-in's code with fuel of its own; whether it went well. Else its error is reported, and it is unloaded.
fn run(cx: &mut Cx<'_>, plugin: usize, body: impl FnOnce(&mut Cx<'_>) -> Result<(), Raised>) -> bool {
    app(cx, |app| app.current = plugin);
    cx.set_fuel(Some(FUEL));
    let report = cx.scoped(|cx| {
        let failed = body(cx).is_err();
        cx.set_fuel(None);
        failed.then(|| {
            let exception = raise::take(cx);
            errors::report(cx, exception)
        })
    });
    let Some(report) = report else { return true };
    let status = match report.lines().last().unwrap_or_default().split(':').next() {
        Some("MemoryError") => "TPN_E_NOMEM",
        Some("taipan.FuelExhausted") => "TPN_E_FUEL",
        _ => "TPN_E_EXC",
    };
    println!("{} fails: {status}", app(cx, |app| app.plugins[plugin].name));
    report.lines().for_each(|line| println!("    {line}"));
    unload(cx, plugin);
    false
}

fn load(cx: &mut Cx<'_>, plugin: usize) {
    let name = app(cx, |app| app.plugins[plugin].name);
    let loaded = run(cx, plugin, |cx| {
        let nothing = none(cx);
        import::import_name(cx, name, None, nothing, 0)?;
        let Some(module) = import::known_module(cx, name) else { return Ok(()) };
        let module = cx.downgrade(module.get(cx))?;
        app(cx, |app| app.plugins[plugin].module = module);
        Ok(())
    });
    if loaded {
        println!("{name} is loaded");
    }
}

/// Calls the hooks of an event, in their order, each with the text that the one before has made of it.
fn send(cx: &mut Cx<'_>, event: &str, line: &str) {
    let mut text = line.to_owned();
    // Those of a plug-in that fails meanwhile have no functions any more.
    for hook in app(cx, |app| app.hooks.clone()).into_iter().filter(|hook| hook.event == event) {
        run(cx, hook.plugin, |cx| {
            let Some(function) = cx.owned(hook.function).map(|function| cx.root(function)) else {
                return Ok(());
            };
            let argument = str::new(cx, &text)?.any();
            let result = call::call(cx, function, &[argument])?;
            if str::of(cx, result.get(cx)).is_some() {
                text = text_of(cx, result);
            }
            Ok(())
        });
    }
    if event == "line" {
        println!("{line} -> {text}");
    }
}

fn whole(cx: &mut Cx<'_>) -> Result<(), Raised> {
    setup(cx)?;
    let plugins = PLUGINS.iter().map(|&(name, source)| Plugin { name, source, module: None });
    app(cx, |app| app.plugins = plugins.collect());
    (0..PLUGINS.len()).for_each(|plugin| load(cx, plugin));
    for line in ["1 little boat", "2 sails", "no number", "4 oars", "5 men"] {
        send(cx, "line", line);
    }
    unload(cx, 4);
    app(cx, |app| app.plugins[4].source = "import host\nhost.on('line', str.title)\n");
    load(cx, 4);
    send(cx, "line", "6 more");
    send(cx, "end", "");
    unload(cx, 4);
    unload(cx, 0);
    println!("references left: {}", app(cx, |app| app.hooks.len()));
    Ok(())
}

fn start(manager: &str) -> Result<(), String> {
    let heap = HeapConfig { heap_limit: Some(MEMORY), ..HeapConfig::default() };
    let python = Interpreter::new(&Config { manager: manager.into(), heap, ..Config::default() });
    let mut python = python.map_err(|error| error.to_string())?;
    let done = python.enter(|cx| whole(cx).is_ok()).map_err(|error| error.to_string())?;
    done.then_some(()).ok_or_else(|| "the module `host` can't be made".to_owned())
}

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let all = managers::all().iter().map(|facts| facts.name.to_owned()).collect();
    for manager in if given.is_empty() { all } else { given } {
        if let Err(error) = start(&manager) {
            eprintln!("plugins: {error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
