//! [`Interpreter`]: a heap with the language in it, for Rust programs and the layers above (command line, C ABI).

use crate::builtins::{bootstrap, errors, import};
use crate::bytecode::verify::verify;
use crate::bytecode::{codec, CodeUnit};
use crate::compile::{compile_source, Options};
use crate::object::layout::{Dict, Module, Tuple};
use crate::object::raise::Raised;
use crate::object::tasks::{self, Task, Tasks};
use crate::object::{
    self, call, class, classes, dict, names, raise, root_handle, shapes, str, tuple, Hooks, Launch, Root,
    Runtime, ROOTS,
};
use crate::syntax::Mode;
use crate::vm::code::{new_function, FunctionParts};
use crate::vm::{Machine, HOOKS};
use std::cell::{Cell, RefCell};
use taipan_gc::protocol::signals::{Signals, INTERRUPT, TASKS};
use taipan_gc::sync::Arc;
use taipan_gc::{CollectKind, Cx, Handle, Heap, HeapConfig, HeapError, Stats, Value};

/// How to make an interpreter.
#[derive(Clone, Debug)]
pub struct Config {
    /// The memory manager's name; see `taipan_gc::managers::all`.
    pub manager: String,
    /// Limits and stress modes of the heap.
    pub heap: HeapConfig,
    /// `sys.argv`
    pub argv: Vec<String>,
    /// `sys.path`: where modules are looked for.
    pub path: Vec<String>,
    /// `sys.getrecursionlimit()`
    pub recursion_limit: u32,
    /// How many polls (back-edges and calls) programs may pass; see [`Interpreter::set_fuel`]. `None`: any number.
    pub fuel: Option<u64>,
    /// How deep calls may nest on the native stack (natives that call Python code); about 16 KiB of it each.
    pub native_limit: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            manager: taipan_gc::managers::DEFAULT.into(),
            heap: HeapConfig::default(),
            argv: vec![String::new()],
            path: Vec::new(),
            recursion_limit: 1000,
            fuel: None,
            native_limit: call::DEFAULT_NATIVE_LIMIT,
        }
    }
}

/// Why an interpreter could not be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StartError {
    /// The heap could not be made.
    Heap(HeapError),
    /// The heap's limit is too small for the builtins.
    LimitTooSmall,
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StartError::Heap(error) => error.fmt(f),
            StartError::LimitTooSmall => f.write_str(
                "the heap limit is too small to start: that takes about 0.4 MiB, and a script 0.8",
            ),
        }
    }
}

impl std::error::Error for StartError {}

/// A program that ended with an exception.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What CPython would print on its standard error stream: traceback and message, or nothing (`SystemExit`).
    pub report: String,
    /// The process's exit status.
    pub status: i32,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.report.trim_end())
    }
}

impl std::error::Error for Failure {}

/// A way to interrupt an interpreter from any thread. It may outlive the interpreter, and does nothing then.
#[derive(Clone, Debug)]
pub struct Interrupter(Arc<Signals>);

impl Interrupter {
    /// Has what runs raise `KeyboardInterrupt` at its next poll; when nothing runs, what runs next.
    pub fn interrupt(&self) {
        self.0.raise(INTERRUPT);
    }

    /// Takes an interrupt back that nothing has seen yet; whether there was one.
    pub fn withdraw(&self) -> bool {
        self.0.take(INTERRUPT) != 0
    }
}

/// A way to have work done on an interpreter's thread, from any thread. It may outlive the interpreter.
#[derive(Clone, Debug)]
pub struct Poster(Arc<Tasks>);

impl Poster {
    /// Has the task run at the next poll of what runs (a turn of a loop, a call), or of [`Interpreter::run_tasks`]; tasks run in the order in which they
    /// were posted. It is made only if the interpreter is still there; whether it was. A task that waits when the interpreter goes is dropped.
    pub fn post(&self, make: impl FnOnce() -> Task) -> bool {
        self.0.post(make)
    }

    /// Whether the interpreter is gone.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

/// A heap with the language in it.
#[derive(Debug)]
pub struct Interpreter {
    heap: Heap,
    tasks: Arc<Tasks>,
}

impl Interpreter {
    /// A new interpreter.
    pub fn new(config: &Config) -> Result<Interpreter, StartError> {
        let heap = Heap::new(&config.manager, &config.heap).map_err(StartError::Heap)?;
        Interpreter::on_heap(heap, config)
    }

    /// An interpreter on a fresh heap, which may have a manager of the caller's own.
    pub fn on_heap(mut heap: Heap, config: &Config) -> Result<Interpreter, StartError> {
        shapes::register(&mut heap);
        let tasks = Arc::new(Tasks::new(heap.signals(), TASKS));
        heap.set_host(Box::new(runtime(HOOKS, config, tasks.clone())));
        heap.keep_roots(ROOTS);
        let mut interpreter = Interpreter { heap, tasks };
        let started = interpreter.enter(start).map_err(StartError::Heap)?;
        started.map_err(|_| StartError::LimitTooSmall)?;
        interpreter.set_fuel(config.fuel);
        Ok(interpreter)
    }

    /// Runs `body` with this thread inside the heap.
    pub fn enter<R>(&mut self, body: impl for<'s> FnOnce(&mut Cx<'s>) -> R) -> Result<R, HeapError> {
        self.heap.enter(body)
    }

    /// Gives programs fuel: each back-edge, each call and each item that a native steps over burns a unit, and without any left each raises
    /// `FuelExhausted`, a `BaseException`, until there is more. `None`: programs need none. Finalizers burn it, too.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.heap.set_fuel(fuel);
    }

    /// The fuel that is left; `None`: programs need none.
    pub fn fuel(&self) -> Option<u64> {
        self.heap.fuel()
    }

    /// A way for other threads to interrupt what runs here.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(self.heap.signals())
    }

    /// A way for other threads to have work done here.
    pub fn poster(&self) -> Poster {
        Poster(self.tasks.clone())
    }

    /// Runs the tasks that were posted by now: for hosts that have nothing else to run. May collect.
    pub fn run_tasks(&mut self) -> Result<(), HeapError> {
        self.enter(tasks::run)
    }

    /// The heap.
    pub fn heap(&mut self) -> &mut Heap {
        &mut self.heap
    }

    /// Runs a program as the module `__main__`. Its output goes where `sys.stdout` says.
    pub fn run(&mut self, source: &[u8], filename: &str) -> Result<(), Failure> {
        self.run_then(source, filename, |_| ())
    }

    /// As [`run`](Self::run); `inspect` is called when the program has ended. When an exception has ended it, this and with it the variables
    /// of its functions are still there.
    pub fn run_then(
        &mut self,
        source: &[u8],
        filename: &str,
        inspect: impl FnOnce(&mut Cx<'_>),
    ) -> Result<(), Failure> {
        self.guarded_then(inspect, |cx| {
            let globals = main_dict(cx)?;
            let file = str::new(cx, filename)?.any();
            dict::set_name(cx, globals, names::handle(cx, names::FILE), file)?;
            run_source(cx, source, filename, Mode::Exec, globals).map(drop)
        })
    }

    /// Evaluates an expression among the globals of `__main__`, and gives its `repr`.
    pub fn eval(&mut self, expression: &str) -> Result<String, Failure> {
        self.guarded(|cx| {
            let globals = main_dict(cx)?;
            let value = run_source(cx, expression.as_bytes(), "<string>", Mode::Eval, globals)?;
            let text = crate::builtins::repr::repr(cx, value)?;
            Ok(str::lossy(text.get(cx)))
        })
    }

    /// Ends the interpreter, as dropping it does. Gives what its heap has done in all its life; see [`Heap::close`].
    pub fn close(mut self) -> Stats {
        self.shut_down();
        self.heap.close()
    }

    fn shut_down(&mut self) {
        // `__del__` needs the names, classes and modules that the heap gives up when it closes.
        self.heap.shut_down(|cx| {
            crate::stdlib::atexit::run(cx);
            if !cx.facts().prompt {
                // Nothing dies with the names of the program, so what is left may as well find them.
                cx.finalize_all();
            }
            if let Some(globals) = main_globals(cx) {
                dict::clear(cx, globals.get(cx));
                cx.drain();
            }
            if cx.has_told_watchers() {
                // Functions that weak references call back are owed to them, too, for what only the program held.
                cx.collect(CollectKind::Full);
            }
            cx.finalize_all();
            crate::builtins::file::flush_standard(cx);
        });
    }

    /// Runs a code unit that was compiled before, as the module `__main__`. One that the verifier refuses is an error, and so is one that
    /// needs variables of a function around it.
    pub fn run_unit(&mut self, unit: CodeUnit) -> Result<(), Failure> {
        if let Err(error) = verify(&unit) {
            return Err(refused(&format!("the bytecode is refused: {error}")));
        }
        let filename = unit.filename.clone();
        self.run_verified(unit, &filename, |_| ())
    }

    /// Runs bytecode that [`codec::dump`] has made of a module, as the module `__main__`, whose `__file__` is `filename`. Any bytes may be given:
    /// what is wrong with them is the error's report.
    ///
    /// ```
    /// use taipan::bytecode::codec;
    /// use taipan::compile::{compile_source, Options};
    /// use taipan::{syntax::Mode, Config, Interpreter};
    ///
    /// let unit = compile_source("answer = 6 * 7", "app.py", Mode::Exec, Options::default())?;
    /// let bytes = codec::dump(&unit);
    /// let mut python = Interpreter::new(&Config::default())?;
    /// python.run_bytecode(&bytes, "app.tpc")?;
    /// assert_eq!(python.eval("answer, __file__")?, "(42, 'app.tpc')");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_bytecode(&mut self, bytes: &[u8], filename: &str) -> Result<(), Failure> {
        self.run_bytecode_then(bytes, filename, |_| ())
    }

    /// As [`run_bytecode`](Self::run_bytecode); `inspect` is called as [`run_then`](Self::run_then) does.
    pub fn run_bytecode_then(
        &mut self,
        bytes: &[u8],
        filename: &str,
        inspect: impl FnOnce(&mut Cx<'_>),
    ) -> Result<(), Failure> {
        match codec::load(bytes) {
            Ok(unit) => self.run_verified(unit, filename, inspect),
            Err(error) => Err(refused(&error.to_string())),
        }
    }

    fn run_verified(
        &mut self,
        unit: CodeUnit,
        filename: &str,
        inspect: impl FnOnce(&mut Cx<'_>),
    ) -> Result<(), Failure> {
        if !unit.free_registers.is_empty() {
            return Err(refused(&format!("the bytecode is refused: {} has free variables", unit.qualname)));
        }
        self.guarded_then(inspect, |cx| {
            let globals = main_dict(cx)?;
            let file = str::new(cx, filename)?.any();
            dict::set_name(cx, globals, names::handle(cx, names::FILE), file)?;
            let code = crate::vm::code::load(cx, unit)?;
            let function = new_function(cx, code, globals, FunctionParts::default())?;
            call::call(cx, function.any(), &[]).map(drop)
        })
    }

    fn guarded<R>(
        &mut self,
        body: impl for<'s> FnOnce(&mut Cx<'s>) -> Result<R, Raised>,
    ) -> Result<R, Failure> {
        self.guarded_then(|_| (), body)
    }

    fn guarded_then<R>(
        &mut self,
        inspect: impl FnOnce(&mut Cx<'_>),
        body: impl for<'s> FnOnce(&mut Cx<'s>) -> Result<R, Raised>,
    ) -> Result<R, Failure> {
        let result = self.enter(|cx| {
            // What it has rooted is no reason to be alive any more.
            let result = cx.scoped(|cx| body(cx));
            // Taken, the exception is in this scope.
            let result = result.map_err(|_| raise::take(cx));
            inspect(cx);
            let result = result.map_err(|exception| errors::failure(cx, exception));
            crate::builtins::file::flush_standard(cx);
            result.map_err(|(report, status)| Failure { report, status })
        });
        match result {
            Ok(result) => result,
            Err(error) => Err(Failure { report: error.to_string(), status: 1 }),
        }
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // What runs from here on is the end of the program.
        drop(self.tasks.close());
        self.shut_down();
    }
}

/// What is not run at all.
fn refused(why: &str) -> Failure {
    Failure { report: format!("{why}\n"), status: 1 }
}

/// Compiles and runs a source among `globals`.
pub(crate) fn run_source<'s>(
    cx: &mut Cx<'s>,
    source: &[u8],
    filename: &str,
    mode: Mode,
    globals: Handle<'_, Dict>,
) -> Result<Handle<'s>, Raised> {
    let unit = match compile_source(source, filename, mode, Options::default()) {
        Ok(unit) => unit,
        Err(error) => return Err(errors::raise_syntax_error(cx, &error, filename)),
    };
    errors::remember_source(cx, filename, source);
    let code = crate::vm::code::load(cx, unit)?;
    let function = new_function(cx, code, globals, FunctionParts::default())?;
    call::call(cx, function.any(), &[])
}

/// The globals of `__main__`, if it exists.
fn main_globals<'s>(cx: &Cx<'s>) -> Option<Handle<'s, Dict>> {
    let modules = root_handle(cx, Root::Modules).downcast::<Dict>(cx)?;
    let module = dict::get_name(cx, modules.get(cx), names::local(cx, names::MAIN))?;
    Some(cx.root(module.downcast::<Module>(cx)?.dict.get(cx)?))
}

fn main_dict<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Dict>, Raised> {
    let modules = import::modules(cx)?;
    if let Some(found) = main_globals(cx) {
        return Ok(found);
    }
    let (module, attributes) = import::new_module(cx, "__main__")?;
    let key = names::handle(cx, names::MAIN);
    dict::set_name(cx, modules, key, module)?;
    Ok(attributes)
}

fn runtime(hooks: Hooks, config: &Config, tasks: Arc<Tasks>) -> Runtime {
    let machine = Box::new(Machine::new());
    let runtime = Runtime {
        hooks,
        interner: RefCell::default(),
        shapes: RefCell::default(),
        class_epoch: Cell::new(1),
        keys_versions: Cell::new(0),
        next_class: Cell::new(classes::COUNT as u32),
        lookups: (0..class::LOOKUPS).map(|_| class::Lookup::default()).collect(),
        depth: Cell::new(0),
        launch: RefCell::new(Launch { argv: config.argv.clone(), path: config.path.clone() }),
        recursion_limit: Cell::new(config.recursion_limit),
        native_depth: Cell::new(0),
        native_limit: Cell::new(config.native_limit),
        profile: RefCell::default(),
        tasks,
        in_task: Cell::new(false),
        machine: Cell::new(&*machine as *const Machine as *mut ()),
        extensions: RefCell::default(),
    };
    runtime.extensions.borrow_mut().push(machine);
    runtime
}

/// About how many names the builtins have.
const NAMES: usize = 1400;

/// Makes what may be asked for where nothing can be made. Everything else of the language follows when it is needed.
fn start(cx: &mut Cx<'_>) -> Result<(), Raised> {
    names::begin(cx, NAMES)?;
    bootstrap::set_aside(cx)?;
    let empty = tuple::alloc_values::<Tuple>(cx, shapes::TUPLE, 0, |_| Value::HOLE)?;
    root_handle(cx, Root::EmptyTuple).set(cx, empty.any());
    let empty = str::alloc(cx, "")?;
    root_handle(cx, Root::EmptyStr).set(cx, empty.any());
    for (shape, root) in
        [(shapes::SINGLETON, Root::Ellipsis), (shapes::NOT_IMPLEMENTED, Root::NotImplemented)]
    {
        let singleton = object::new_singleton(cx, shape)?;
        root_handle(cx, root).set(cx, singleton.get(cx));
    }
    let memory_error = raise::new_exception(cx, classes::handle(cx, classes::MEMORY_ERROR), &[])?;
    root_handle(cx, Root::MemoryError).set(cx, memory_error.get(cx));
    Ok(())
}
