//! Loom models of the protocols between threads, as they ship, the scenarios of the kit over whole heaps under every manager, and the seeded faults that they
//! must catch.
//!
//! Built only with `--cfg loom`; `tests/loom.sh` runs it. R1–R5 are defined in `protocol/`. R6 and R7 are theirs, seen from outside: whole
//! heaps, with their zero queue, while another thread gives up an owned reference.
#![cfg(loom)]

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use taipan_gc::managers;
use taipan_gc::model::{self, Bounds, Scenario};
use taipan_gc::protocol::handover::Handover;
use taipan_gc::protocol::mailbox::Releases;
use taipan_gc::protocol::signals::{Signals, COLLECT, FINALIZERS, INTERRUPT, STOP};
use taipan_gc::roots::Ticket;
use taipan_gc::sync::fault::{seed, Fault};
use taipan_gc::{Cx, Heap, HeapConfig, Object};

type Model = fn();

const MODELS: &[(&str, Model)] = &[
    ("R1 every ticket is taken exactly once", tickets_once),
    ("R2 who sees the bit finds the ticket", bit_then_ticket),
    ("R3 after close a post is refused", post_and_close),
    ("R4 no bit is lost", bits_once),
    ("R5 a bit publishes what came before", bits_publish),
    ("R6 the zero queue gets what other threads release, by the next poll", released_by_the_next_poll),
    ("R7 a closing heap drops what other threads release, once", released_while_closing),
    ("R8, R9, R10 work goes to and fro, and who does it ends", to_and_fro),
];

/// Which model must catch which fault.
const FAULTS: &[(Fault, Model)] = &[
    (Fault::RaiseNotAtomic, bits_once),
    (Fault::TakeNotAtomic, bits_once),
    (Fault::RaiseRelaxed, bits_publish),
    (Fault::TakeRelaxed, bits_publish),
    (Fault::TakeBeforeBit, tickets_once),
    (Fault::TakeBeforeBit, released_by_the_next_poll),
    (Fault::NoRaise, released_by_the_next_poll),
    (Fault::RaiseBeforePush, bit_then_ticket),
    (Fault::NoRaise, tickets_once),
    (Fault::PostAfterClose, post_and_close),
    (Fault::CloseInTwoSteps, post_and_close),
];

/// What must catch a fault that ends a process.
enum Catcher {
    /// A model, by a thread that waits for ever.
    Model(Model),
    /// A scenario of the kit over heaps of this manager.
    Scenario(&'static str, &'static str),
}

/// Which fault is caught by what, in a process of its own: a thread of a model that panics takes the others down with it, in the middle of what they do, and that ends
/// in an abort.
const DEADLY_FAULTS: &[(Fault, Catcher)] = &[
    (Fault::GiveBackSilently, Catcher::Model(to_and_fro)),
    (Fault::EndSilently, Catcher::Model(to_and_fro)),
    (Fault::ReleaseInPlace, Catcher::Scenario("H1", "refcount")),
    (Fault::UseBeforeHandOver, Catcher::Scenario("H3", "refcount")),
    (Fault::NoRaise, Catcher::Scenario("H1", "refcount")),
    (Fault::TakeBeforeBit, Catcher::Scenario("H1", "refcount")),
    (Fault::CollectWhileLent, Catcher::Scenario("H5", "gen")),
    (Fault::WritePlainly, Catcher::Scenario("H5", "gen")),
    (Fault::EndSilently, Catcher::Scenario("H5", "gen")),
];

/// Of whole heaps, which take longer than protocols.
const BOUNDS: Bounds = Bounds { preemptions: Some(3), time: Duration::from_secs(20) };

fn scenario_named(name: &str) -> &'static Scenario {
    model::SCENARIOS.iter().find(|scenario| scenario.name.starts_with(name)).unwrap()
}

/// Every scenario of the kit over every manager.
#[test]
fn whole_heaps() {
    seed(Fault::None);
    for make in managers::factories() {
        for explored in model::model_heap(*make, &BOUNDS) {
            println!(
                "loom: {}: {}: {} executions",
                make().facts().name,
                explored.scenario,
                explored.executions
            );
        }
    }
}

/// Into which of the [`DEADLY_FAULTS`] a process of its own is to run.
const FAULT_VARIABLE: &str = "TAIPAN_LOOM_FAULT";

/// Makes one mistake, for [`deadly_faults`].
#[test]
#[ignore = "run by another test, in a process of its own"]
fn one_fault() {
    let (fault, catcher) = &DEADLY_FAULTS[std::env::var(FAULT_VARIABLE).unwrap().parse::<usize>().unwrap()];
    seed(*fault);
    match catcher {
        Catcher::Model(model) => drop(explore(*model)),
        Catcher::Scenario(name, manager) => {
            let (run, make) = (scenario_named(name).run, managers::find(manager).unwrap());
            model::explore(&BOUNDS, move || run(make));
        }
    }
}

#[test]
fn deadly_faults() {
    let mut missed = Vec::new();
    for (at, (fault, catcher)) in DEADLY_FAULTS.iter().enumerate() {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "one_fault", "--ignored", "--nocapture"])
            .env(FAULT_VARIABLE, at.to_string());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let caught = !output.status.success() && said.contains("panicked at");
        let by = match catcher {
            Catcher::Model(_) => "the model".to_owned(),
            Catcher::Scenario(name, manager) => format!("{name} under {manager}"),
        };
        println!("loom: seeded fault {fault:?}: {} by {by}", if caught { "caught" } else { "MISSED" });
        if !caught {
            missed.push((fault, said.into_owned()));
        }
    }
    println!(
        "loom: {} of {} catches of seeded faults that end a process",
        DEADLY_FAULTS.len() - missed.len(),
        DEADLY_FAULTS.len()
    );
    assert!(missed.is_empty(), "faults that were missed: {missed:?}");
}

fn ticket(index: u32) -> Ticket {
    Ticket { index, generation: 1 }
}

/// Explores a model; how many executions there were.
fn explore(model: Model) -> usize {
    // Every interleaving: the protocols are small enough.
    model::explore(&Bounds { preemptions: None, time: Duration::from_secs(120) }, model)
}

fn mailbox() -> (Arc<Signals>, Arc<Releases>) {
    let signals = Arc::new(Signals::default());
    let releases = Arc::new(Releases::new(signals.clone(), FINALIZERS));
    (signals, releases)
}

fn post(releases: &Arc<Releases>, index: u32) -> thread::JoinHandle<bool> {
    let releases = releases.clone();
    thread::spawn(move || releases.post(|| ticket(index)))
}

fn tickets_once() {
    let (signals, releases) = mailbox();
    let posters = [post(&releases, 0), post(&releases, 1)];
    let mut taken = Vec::new();
    for _ in 0..2 {
        if signals.pending() & FINALIZERS != 0 {
            taken.extend(releases.take_signalled().into_iter().flatten());
        }
        thread::yield_now();
    }
    for poster in posters {
        assert!(poster.join().unwrap(), "R3: refused before close");
    }
    if taken.len() < 2 {
        // The next poll finds the rest, without being told by anything but the signal.
        assert!(signals.pending() & FINALIZERS != 0, "R1: a ticket without a signal");
        taken.extend(releases.take_signalled().into_iter().flatten());
    }
    let mut indices: Vec<u32> = taken.iter().map(|t| t.index).collect();
    indices.sort_unstable();
    assert_eq!(indices, [0, 1], "R1");
    assert!(releases.close().is_empty(), "R1: taken, and still there");
}

fn bit_then_ticket() {
    let (signals, releases) = mailbox();
    let poster = post(&releases, 7);
    for _ in 0..3 {
        if signals.pending() & FINALIZERS != 0 {
            let taken = releases.take_signalled().expect("R2: the bit was seen");
            assert_eq!(taken, [ticket(7)], "R2");
            break;
        }
        thread::yield_now();
    }
    assert!(poster.join().unwrap());
}

fn post_and_close() {
    let (_signals, releases) = mailbox();
    let posters = [post(&releases, 0), post(&releases, 1)];
    let mut taken = releases.take_signalled().unwrap_or_default();
    taken.extend(releases.close());
    for (index, poster) in posters.into_iter().enumerate() {
        let accepted = poster.join().unwrap();
        let found = taken.iter().filter(|t| t.index == index as u32).count();
        assert_eq!(found, accepted as usize, "R3: accepted and lost, or refused and released");
    }
    assert!(!releases.post(|| ticket(2)), "R3: accepted after close");
}

fn bits_once() {
    let signals = Arc::new(Signals::default());
    let raise = |bits: u32| {
        let signals = signals.clone();
        thread::spawn(move || signals.raise(bits))
    };
    let raisers = [raise(INTERRUPT), raise(COLLECT | STOP)];
    let mut taken = [0; 3];
    let mut take = || {
        for (times, bit) in taken.iter_mut().zip([INTERRUPT, COLLECT, STOP]) {
            *times += (signals.take(bit) != 0) as u32;
        }
    };
    take();
    for raiser in raisers {
        raiser.join().unwrap();
    }
    take();
    assert_eq!(taken, [1, 1, 1], "R4");
}

fn bits_publish() {
    let shared = Arc::new((Signals::default(), UnsafeCell::new(0)));
    let raiser = {
        let shared = shared.clone();
        thread::spawn(move || {
            // SAFETY: nobody reads it before the bit is raised; loom checks that.
            shared.1.with_mut(|data| unsafe { *data = 42 });
            shared.0.raise(INTERRUPT);
        })
    };
    if shared.0.pending() & INTERRUPT != 0 && shared.0.take(INTERRUPT) != 0 {
        // SAFETY: written before the bit was raised; loom checks that.
        assert_eq!(shared.1.with(|data| unsafe { *data }), 42, "R5");
    }
    raiser.join().unwrap();
}

/// Work that counts who has done how much of it.
struct Work(UnsafeCell<[usize; 2]>);

impl Work {
    /// Done by the mutator (0) or the other thread (1).
    fn add(&self, who: usize) {
        // SAFETY: in one hand at a time; loom checks that.
        self.0.with_mut(|done| unsafe { (*done)[who] += 1 });
    }
}

fn to_and_fro() {
    let handover = Arc::new(Handover::default());
    let worker = {
        let handover: Arc<Handover<Box<Work>>> = handover.clone();
        thread::spawn(move || {
            let mut turns = 0;
            while let Some(work) = handover.next() {
                if !handover.is_wanted() {
                    work.add(1);
                }
                turns += 1;
                handover.give_back(work);
            }
            turns
        })
    };
    handover.lend(Box::new(Work(UnsafeCell::new([0, 0]))));
    let work = handover.take_back();
    work.add(0);
    handover.end();
    let turns = worker.join().unwrap();
    // SAFETY: the other thread has ended.
    let [ours, theirs] = work.0.with(|done| unsafe { *done });
    assert_eq!(ours, 1, "R8");
    assert!(theirs <= turns && turns <= 1, "R8: it had the work more often than it was lent");
}

#[derive(Object, Debug)]
struct Noted {
    _drops: Note,
}

/// Counts its drops.
#[derive(Debug)]
struct Note(std::sync::Arc<AtomicUsize>);

impl Drop for Note {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A counted heap with two objects that only owned references keep, and a counter of their drops.
fn owning_heap() -> (Heap, [Ticket; 2], std::sync::Arc<AtomicUsize>) {
    let config = HeapConfig { stack_slots: 64, ..HeapConfig::default() };
    let mut heap = Heap::new("refcount", &config).unwrap();
    let drops = std::sync::Arc::new(AtomicUsize::new(0));
    let own = |cx: &mut Cx<'_>| {
        let fresh = cx.alloc(NotedInit { _drops: Note(drops.clone()) }).unwrap();
        cx.own(fresh).unwrap().ticket()
    };
    let tickets = heap.enter(|cx| [own(cx), own(cx)]).unwrap();
    (heap, tickets, drops)
}

fn released_by_the_next_poll() {
    let (mut heap, tickets, drops) = owning_heap();
    let givers = tickets.map(|ticket| {
        let releases = heap.releases();
        thread::spawn(move || releases.post(|| ticket))
    });
    heap.enter(|cx| cx.poll()).unwrap();
    for giver in givers {
        assert!(giver.join().unwrap(), "R6: refused before close");
    }
    heap.enter(|cx| cx.poll()).unwrap();
    assert_eq!(drops.load(Ordering::Relaxed), 2, "R6: given up, polled, and not dropped");
    drop(heap);
    assert_eq!(drops.load(Ordering::Relaxed), 2, "R6: dropped again");
}

fn released_while_closing() {
    let (mut heap, tickets, drops) = owning_heap();
    let givers = tickets.map(|ticket| {
        let releases = heap.releases();
        thread::spawn(move || releases.post(|| ticket))
    });
    heap.enter(|cx| cx.poll()).unwrap();
    drop(heap);
    for giver in givers {
        giver.join().unwrap();
    }
    assert_eq!(drops.load(Ordering::Relaxed), 2, "R7");
}

#[test]
fn protocols() {
    seed(Fault::None);
    for (name, model) in MODELS {
        println!("loom: {name}: {} executions", explore(*model));
    }
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut missed = Vec::new();
    for (fault, model) in FAULTS {
        seed(*fault);
        let caught = catch_unwind(AssertUnwindSafe(|| explore(*model))).is_err();
        seed(Fault::None);
        println!("loom: seeded fault {fault:?}: {}", if caught { "caught" } else { "MISSED" });
        if !caught {
            missed.push(*fault);
        }
    }
    std::panic::set_hook(quiet);
    println!(
        "loom: {} models explored, {} of {} catches of seeded faults",
        MODELS.len(),
        FAULTS.len() - missed.len(),
        FAULTS.len()
    );
    assert!(missed.is_empty(), "faults that the models missed: {missed:?}");
}
