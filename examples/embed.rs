//! A host program in Rust: scripts that call Rust, Rust that calls scripts, an object type of the host's own with a slot and a drop,
//! references, errors, limits, and two heaps under different memory managers side by side.
//!
//! `embed MANAGER` prints the same bytes under every manager, and the same as its twin in C, `embed.c`; `embed` alone runs all of them.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use taipan::builtins::{errors, import, repr};
use taipan::object::layout::Module;
use taipan::object::native::{self, Args, NativeDef};
use taipan::object::raise::{self, type_error, Raised};
use taipan::object::{attr, call, dict, host, int, iter, list, names, none, str};
use taipan::stdlib::with_extension;
use taipan::{Config, Interpreter, StartError};
use taipan_gc::{managers, CollectKind, Cx, Handle, HeapConfig, Object, Owned, Slot, Weak};

type Res<'s> = Result<Handle<'s>, Raised>;

const SCRIPT: &str = "\
from demo import node, log
def greet(who):
    return f'hello, {who}'
def chain(weights):
    head = None
    for weight in weights:
        fresh = node(weight)
        if head is not None:
            fresh.link(head)
        head = fresh
    return head
def total(item):
    sum = 0
    while item is not None:
        sum += item.weight
        item = item.next
    return sum
def fail(x):
    return 1 // x
def endless():
    kept = []
    while True:
        kept.append([0] * 1000)
log('the script says: %d' % total(chain([10, 20, 30])))
try:
    endless()
except MemoryError:
    print('the heap is full, and the script goes on')
";

/// What our functions share: state of a heap.
#[derive(Clone, Default)]
struct App {
    made: Arc<AtomicUsize>,
    finalized: Arc<AtomicUsize>,
}

impl App {
    fn finalized(&self) -> usize {
        self.finalized.load(Ordering::Relaxed)
    }
}

/// An object of the host's: `demo.Node`.
#[derive(Object)]
struct Node {
    next: Slot<Node>,
    weight: i64,
    app: App,
}

/// Runs once for each node that has become unreachable.
impl Drop for Node {
    fn drop(&mut self) {
        self.app.finalized.fetch_add(1, Ordering::Relaxed);
    }
}

// ---- the functions and the type that scripts see ----

const FUNCTIONS: &[NativeDef] =
    &[NativeDef::new("node", make_node, "weight, /"), NativeDef::new("log", log_text, "text, /")];

const METHODS: &[NativeDef] = &[
    NativeDef::new("link", link_node, "self, other, /"),
    NativeDef::getter("next", next_node),
    NativeDef::getter("weight", weight_node),
];

/// `node(weight)`: a new node
fn make_node<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let given = args.at(cx, 0);
    let Some(weight) = int::to_i64(cx, given.get(cx)) else {
        let given = taipan::object::class::type_name(cx, given.get(cx));
        return Err(type_error(cx, format!("expected int, not '{given}'")));
    };
    let app = with_extension(cx, |_, app: &mut App| app.clone());
    // Allocating never collects: room is made beforehand.
    cx.reserve(64)?;
    app.made.fetch_add(1, Ordering::Relaxed);
    let node = cx.alloc(NodeInit { next: None, weight, app })?;
    Ok(cx.root(node.any()))
}

/// `log(text)`: prints through Rust
fn log_text<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    println!("{}", text_of(cx, args.at(cx, 0)));
    Ok(none(cx))
}

fn node_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: usize) -> Result<Handle<'s, Node>, Raised> {
    match args.at(cx, n).downcast::<Node>(cx) {
        Some(node) => Ok(node),
        None => Err(type_error(cx, "not a node")),
    }
}

/// `node.link(other)`
fn link_node<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (node, other) = (node_of(cx, args, 0)?, node_of(cx, args, 1)?);
    node.get(cx).put(cx, Node::next, Some(other.get(cx)));
    Ok(none(cx))
}

/// `node.next`
fn next_node<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let node = node_of(cx, args, 0)?;
    let next = node.get(cx).next.get(cx).map(|next| cx.root(next.any()));
    Ok(next.unwrap_or_else(|| none(cx)))
}

/// `node.weight`
fn weight_node<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let node = node_of(cx, args, 0)?;
    let weight = node.get(cx).weight;
    int::from_i64(cx, weight)
}

/// Registers the type `demo.Node` and the module `demo`.
fn setup(cx: &mut Cx<'_>) -> Result<(), Raised> {
    host::define::<Node>(cx, "demo.Node", METHODS)?;
    let (module, attributes) = import::new_module(cx, "demo")?;
    for def in FUNCTIONS {
        let function = native::new(cx, def, None)?;
        let name = str::new(cx, def.name)?;
        dict::set_name(cx, attributes, name, function.any())?;
    }
    let name = str::new(cx, "demo")?;
    let modules = import::modules(cx)?;
    dict::set_name(cx, modules, name, module)
}

// ---- heaps ----

/// A heap of at most 16 MiB under this manager, with our module in it and `SCRIPT` run.
fn start(manager: &str) -> Result<(Interpreter, App), StartError> {
    let heap = HeapConfig { heap_limit: Some(16 << 20), ..HeapConfig::default() };
    let mut python = Interpreter::new(&Config { manager: manager.into(), heap, ..Config::default() })?;
    let app = enter(&mut python, |cx| {
        show(cx, setup);
        with_extension(cx, |_, app: &mut App| app.clone())
    });
    run_text(&mut python, SCRIPT, "embed.py");
    Ok((python, app))
}

/// Runs `body` inside the heap.
fn enter<R>(python: &mut Interpreter, body: impl for<'s> FnOnce(&mut Cx<'s>) -> R) -> R {
    match python.enter(body) {
        Ok(result) => result,
        Err(error) => panic!("{error}"),
    }
}

/// Runs statements; what they print goes straight to the process's output.
fn run_text(python: &mut Interpreter, text: &str, file: &str) {
    if let Err(failure) = python.run(text.as_bytes(), file) {
        print!("a script's error:\n{}", failure.report);
    }
}

/// Runs `body` in a scope of its own, and prints the exception that it ends with.
fn show<R>(cx: &mut Cx<'_>, body: impl for<'t> FnOnce(&mut Cx<'t>) -> Result<R, Raised>) -> Option<R> {
    cx.scoped(|cx| match body(cx) {
        Ok(result) => Some(result),
        Err(_) => {
            let exception = raise::take(cx);
            print!("a script's error:\n{}", errors::report(cx, exception));
            None
        }
    })
}

// ---- from Rust to the script ----

fn global<'s>(cx: &mut Cx<'s>, name: &str) -> Res<'s> {
    let main = import::known_module(cx, "__main__").and_then(|m| m.downcast::<Module>(cx));
    let Some(main) = main else { return Err(type_error(cx, "there is no __main__")) };
    let name = names::intern(cx, name)?;
    attr::get(cx, main.any(), name)
}

fn text_of(cx: &Cx<'_>, value: Handle<'_>) -> String {
    str::of(cx, value.get(cx)).map(str::lossy).unwrap_or_default()
}

fn greet(cx: &mut Cx<'_>, who: &str) -> Result<String, Raised> {
    let (function, who) = (global(cx, "greet")?, str::new(cx, who)?.any());
    let greeting = call::call(cx, function, &[who])?;
    Ok(text_of(cx, greeting))
}

fn calls(python: &mut Interpreter) {
    enter(python, |cx| {
        if let Some(text) = show(cx, |cx| greet(cx, "C")) {
            println!("the script's function says: {text}");
        }
        show(cx, |cx| {
            let (function, zero) = (global(cx, "fail")?, int::from_i64(cx, 0)?);
            call::call(cx, function, &[zero]).map(drop)
        });
    });
    // An expression's traceback names the file that `eval` gives it.
    run_text(python, "node('heavy')", "<embed>");
    run_text(python, "x = 1\ny = = 2\n", "<embed>");
}

fn words(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let words = list::with_capacity(cx, 3)?;
    for word in ["one", "two", "three"] {
        let word = str::new(cx, word)?.any();
        list::append(cx, words, word)?;
    }
    print!("{} words:", list::len(words.get(cx)));
    iter::for_each(cx, words.any(), |cx, word| {
        print!(" {}", text_of(cx, word));
        Ok(())
    })?;
    let (separator, join) = (str::new(cx, ", ")?.any(), names::intern(cx, "join")?);
    let joined = call::call_method(cx, separator, join, &[words.any()])?;
    let shown = repr::repr(cx, joined)?.any();
    println!("; joined: {}", text_of(cx, shown));
    let three = int::from_i64(cx, 3)?;
    taipan::object::subscript::get(cx, words.any(), three).map(drop)
}

/// Is told when the object dies that it watches; unlike a finalizer of a payload it may use the heap.
#[derive(Object)]
#[object(notify = died)]
struct Watcher {
    watched: Cell<Option<Weak<Node>>>,
}

fn died<'s>(cx: &mut Cx<'s>, watcher: Handle<'s>) {
    let Some(watcher) = watcher.downcast::<Watcher>(cx) else { return };
    let absent = watcher.get(cx).watched.get().is_none_or(|weak| cx.upgrade(weak).is_none());
    println!("told: the object is absent: {}", u8::from(absent));
}

/// Owned references outlive scopes; weak ones tell when the object is gone.
fn references(python: &mut Interpreter, app: &App) {
    type Pair = (Owned<Node>, Option<Weak<Node>>);
    let made: Option<Pair> = enter(python, |cx| {
        show(cx, |cx| {
            let (one, two) = (int::from_i64(cx, 1)?, int::from_i64(cx, 2)?);
            let (function, weights) = (global(cx, "chain")?, list::new(cx, &[one, two])?.any());
            let head = call::call(cx, function, &[weights])?;
            let Some(head) = head.downcast::<Node>(cx) else { return Err(type_error(cx, "not a node")) };
            let (owned, weak) = (cx.own(head.get(cx))?, cx.downgrade(head.get(cx))?);
            let watcher = cx.alloc(WatcherInit { watched: Cell::new(None) })?;
            cx.own(watcher)?;
            watcher.watched.set(cx.watch(head.get(cx), watcher.any(), true)?);
            Ok((owned, weak))
        })
    });
    let Some((owned, Some(weak))) = made else { return };
    enter(python, |cx| {
        drain(cx, app);
        show(cx, |cx| {
            let function = global(cx, "total")?;
            let Some(head) = cx.owned(owned).map(|head| cx.root(head)) else { return Ok(()) };
            let total = call::call(cx, function, &[head.any()])?;
            let total = int::to_i64(cx, total.get(cx)).unwrap_or_default();
            let same = cx.upgrade(weak).is_some_and(|found| found.is(head.get(cx)));
            println!(
                "owned: total {total}, same as weak: {}, finalized so far: {}",
                u8::from(same),
                app.finalized()
            );
            Ok(())
        });
        cx.disown(owned);
        drain(cx, app);
        let absent = cx.upgrade(weak).is_none();
        println!("given back: weak is absent: {}, finalized: {}", u8::from(absent), app.finalized());
        println!("given back twice: {}", if cx.disown(owned) { "not noticed" } else { "refused" });
    });
}

/// Collects until nothing is finalized any more.
fn drain(cx: &mut Cx<'_>, app: &App) {
    loop {
        let before = app.finalized();
        cx.collect(CollectKind::Full);
        if app.finalized() == before {
            return;
        }
    }
}

fn statistics(python: &mut Interpreter, app: &App) {
    let alive = app.made.load(Ordering::Relaxed) - app.finalized();
    let collected = python.heap().stats().collections > 0;
    println!("host objects: {alive}, collected: {}", if collected { "yes" } else { "no" });
}

/// A second heap, under the manager that follows in the list: nothing of one gets into the other.
fn side_by_side(python: &mut Interpreter, manager: &str) -> Result<(), StartError> {
    let all = managers::all();
    let at = all.iter().position(|facts| facts.name == manager).unwrap_or_default();
    let neighbour = if at + 1 < all.len() { at + 1 } else { at - 1 };
    let (mut other, app) = start(all[neighbour].name)?;
    // Values can't cross, copies can.
    let greeting = enter(python, |cx| show(cx, |cx| greet(cx, "the first heap"))).unwrap_or_default();
    if let Some(text) = enter(&mut other, |cx| show(cx, |cx| greet(cx, &greeting))) {
        println!("{text}");
    }
    run_text(&mut other, "print(greet('the second heap'), total(chain([3, 4])))", "<host>");
    drop(other);
    println!("the second heap is gone: finalized {}", app.finalized());
    run_text(python, "print('the first one is not:', total(chain([5, 6])))", "<host>");
    Ok(())
}

fn run(manager: &str) -> Result<(), StartError> {
    let (mut python, app) = start(manager)?;
    calls(&mut python);
    enter(&mut python, |cx| show(cx, words));
    references(&mut python, &app);
    statistics(&mut python, &app);
    side_by_side(&mut python, manager)?;
    // A cycle that nobody can reach any more: closing the heap finalizes it, too.
    run_text(&mut python, "kept = chain([7])\nkept.link(kept)\ndel kept", "embed.py");
    drop(python);
    println!("at the end: finalized {}", app.finalized());
    Ok(())
}

fn main() {
    let result = match std::env::args().nth(1) {
        Some(manager) => run(&manager),
        None => managers::all().iter().try_for_each(|facts| {
            println!("-- {}", facts.name);
            run(facts.name)
        }),
    };
    if let Err(error) = result {
        eprintln!("embed: {error}");
        std::process::exit(2);
    }
}
