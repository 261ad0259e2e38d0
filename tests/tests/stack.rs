//! A small value stack and containers that don't fit it: natives that root what they are given end in an error, under every manager.

use libtest_mimic::{Arguments, Failed, Trial};
use taipan::{Config, Interpreter};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Heap, HeapConfig};
use taipan_tests::programs::{folder, redirected};

/// Slots of the value stack; natives have 16,384 more in reserve.
const SLOTS: usize = 1 << 13;

fn main() {
    let mut trials = Vec::new();
    for factory in taipan_tests::managers() {
        let name = format!("{}::natives", factory().facts().name);
        trials.push(Trial::test(name, move || run(factory).map_err(Failed::from)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(factory: ManagerFactory) -> Result<(), String> {
    let source = std::fs::read(folder("stack").join("natives.py")).map_err(|e| e.to_string())?;
    let config = HeapConfig { stack_slots: SLOTS, ..HeapConfig::default() };
    let heap = Heap::with_manager(factory(), &config).map_err(|e| e.to_string())?;
    let config = Config { native_limit: 100, ..Config::default() };
    let mut interpreter = Interpreter::on_heap(heap, &config).map_err(|e| e.to_string())?;
    let printed = redirected(&mut interpreter)?;
    interpreter.run(&source, "natives.py").map_err(|failure| failure.report)?;
    interpreter.enter(|cx| cx.verify("at the end")).map_err(|e| e.to_string())?;
    match printed.take().as_str() {
        "True\n" => Ok(()),
        other => Err(format!("printed {other:?}")),
    }
}
