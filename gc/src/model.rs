//! The kit for exploring whole heaps with loom: small programs of two or three threads, run over a manager in every order that matters.
//!
//! Built with `--cfg loom` only. It explores the shipped heap: the seam's locks and atomics are loom's, and each access to a header or to mark bits is told
//! to a table of shadows, so that two threads which touch a word while neither waits for the other end the model ([`sync::word`](crate::sync)). For a manager of
//! your own, in a test that is built with `--cfg loom`:
//!
//! ```ignore
//! for explored in taipan_gc::model::model_heap(|| Box::new(Mine::default()), &Bounds::default()) {
//!     println!("{}: {} executions", explored.scenario, explored.executions);
//! }
//! ```
//!
//! A scenario that goes wrong panics, as loom does; `LOOM_LOG=trace` shows the execution. What a manager does with threads of its own is explored with it, as
//! far as it uses the seam's primitives. Left out: several mutators in one heap, which no manager has.

use crate::manager::ManagerFactory;
use crate::protocol::signals::{COLLECT, INTERRUPT};
use crate::roots::Ticket;
use crate::sync::explore::{thread, Tally};
use crate::sync::fault::{seeded, Fault};
use crate::{CollectKind, Cx, Heap, HeapConfig, Local, Object, Owned, Slot, Zeal};

pub use crate::sync::explore::{explore, Bounds};

/// What was explored.
#[derive(Clone, Copy, Debug)]
pub struct Explored {
    /// The scenario's name.
    pub scenario: &'static str,
    /// How many orders of its threads' steps were run.
    pub executions: usize,
}

/// A program of some threads over one heap.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// What must hold.
    pub name: &'static str,
    /// Runs it once.
    pub run: fn(ManagerFactory),
}

/// All scenarios.
pub const SCENARIOS: &[Scenario] = &[
    Scenario { name: "H1 what other threads give up dies once, and what it refers to", run: given_up },
    Scenario { name: "H2 what other threads ask for happens once, and nothing alive is lost", run: asked },
    Scenario { name: "H3 a heap that is handed over is as it was", run: handed_over },
    Scenario { name: "H4 a closing heap drops everything once", run: closing },
    Scenario { name: "H5 while a thread marks, the program may store and close", run: marked_beside },
];

/// Explores every scenario over a manager.
///
/// # Panics
/// When one goes wrong.
pub fn model_heap(make: ManagerFactory, bounds: &Bounds) -> Vec<Explored> {
    let explored = SCENARIOS.iter().map(|scenario| {
        let run = scenario.run;
        Explored { scenario: scenario.name, executions: explore(bounds, move || run(make)) }
    });
    explored.collect()
}

#[derive(Object, Debug)]
struct Node {
    next: Slot<Node>,
    number: u64,
    _drops: Drops,
}

/// Counts what is dropped.
#[derive(Debug)]
struct Drops(Tally);

impl Drop for Drops {
    fn drop(&mut self) {
        self.0.add();
    }
}

/// A heap with two chains of two nodes, each kept by an owned reference to its first.
struct World {
    heap: Heap,
    owned: [Owned<Node>; 2],
    drops: Tally,
}

/// Nodes of a world.
const NODES: usize = 4;
/// Collections while a thread marks.
const ROUNDS: usize = 14;

impl World {
    fn new(make: ManagerFactory) -> World {
        World::with(make, HeapConfig::default())
    }

    fn with(make: ManagerFactory, config: HeapConfig) -> World {
        let config = HeapConfig { stack_slots: 64, ..config };
        let mut heap = Heap::with_manager(make(), &config).expect("a heap");
        let drops = Tally::default();
        let owned =
            heap.enter(|cx| [0, 10].map(|number| chain(cx, number, &drops))).expect("nobody is inside");
        World { heap, owned, drops }
    }

    fn drops(&self) -> usize {
        self.drops.get()
    }

    /// Whether what nothing refers to dies before the heap closes.
    fn collects(&self) -> bool {
        self.heap.facts().collects
    }

    /// A thread that gives an owned reference up.
    fn give_up(&mut self, which: usize) -> thread::JoinHandle<bool> {
        let (ticket, releases) = (self.owned[which].ticket(), self.heap.releases());
        let header = self.header(which);
        thread::spawn(move || match seeded(Fault::ReleaseInPlace) {
            // SAFETY: none; this is the mistake.
            true => unsafe { (*(header as *mut crate::Header)).release() },
            false => releases.post(|| ticket),
        })
    }

    /// Where the object of an owned reference lies.
    fn header(&mut self, which: usize) -> usize {
        let owned = self.owned[which];
        let address = |cx: &mut Cx<'_>| cx.owned(owned).map_or(0, |node| node.value().bits() as usize);
        self.heap.enter(address).expect("nobody is inside")
    }
}

/// Makes two nodes, the first of which refers to the second.
fn chain(cx: &mut Cx<'_>, number: u64, drops: &Tally) -> Owned<Node> {
    let node = |next: Option<Local<'_, Node>>, number| {
        cx.alloc(NodeInit { next, number, _drops: Drops(drops.clone()) }).expect("there is memory")
    };
    let second = node(None, number + 1);
    cx.own(node(Some(second), number)).expect("there is memory")
}

/// Makes garbage and stores, as programs do.
fn work(cx: &mut Cx<'_>, keep: Option<Owned<Node>>, drops: &Tally) {
    let fresh = cx
        .alloc(NodeInit { next: None, number: 100, _drops: Drops(drops.clone()) })
        .expect("there is memory");
    if let Some(node) = keep.and_then(|keep| cx.owned(keep)) {
        node.put(cx, Node::next, Some(fresh));
    }
    cx.poll();
}

/// Checks a chain that nobody has given up.
fn check(cx: &Cx<'_>, owned: Owned<Node>, numbers: [u64; 2]) {
    let first = cx.owned(owned).expect("an owned reference keeps its object");
    let second = first.next.get(cx).expect("an object keeps what it refers to");
    assert_eq!([first.number, second.number], numbers, "an object is as it was");
}

fn given_up(make: ManagerFactory) {
    let mut world = World::new(make);
    let givers = [world.give_up(0), world.give_up(1)];
    let drops = world.drops.clone();
    world.heap.enter(|cx| work(cx, None, &drops)).expect("nobody is inside");
    for giver in givers {
        giver.join().expect("a thread of the model");
    }
    world.heap.enter(|cx| cx.poll()).expect("nobody is inside");
    if world.heap.facts().prompt {
        assert_eq!(world.drops(), NODES + 1, "given up, polled, and not dead");
    }
    let collected = |cx: &mut Cx<'_>| {
        cx.collect(CollectKind::Full);
        cx.verify("when all was given up");
    };
    world.heap.enter(collected).expect("nobody is inside");
    if world.collects() {
        assert_eq!(world.drops(), NODES + 1, "given up, and not dead");
    }
    world.heap.close();
    assert_eq!(world.drops(), NODES + 1, "dropped once each");
}

fn asked(make: ManagerFactory) {
    let mut world = World::new(make);
    let askers = [COLLECT, INTERRUPT].map(|bits| {
        let signals = world.heap.signals();
        thread::spawn(move || signals.raise(bits))
    });
    let (owned, drops) = (world.owned, world.drops.clone());
    world.heap.enter(|cx| work(cx, Some(owned[1]), &drops)).expect("nobody is inside");
    for asker in askers {
        asker.join().expect("a thread of the model");
    }
    let signals = world.heap.signals();
    let looked = |cx: &mut Cx<'_>| {
        cx.poll();
        check(cx, owned[0], [0, 1]);
        check(cx, owned[1], [10, 100]);
        cx.verify("when all was asked for");
    };
    world.heap.enter(looked).expect("nobody is inside");
    assert_eq!(signals.pending() & COLLECT, 0, "a collection was asked for, and is still due after a poll");
    assert!(signals.take(INTERRUPT) != 0, "an interrupt was lost");
    world.heap.close();
    assert_eq!(world.drops(), NODES + 1, "dropped once each");
}

fn handed_over(make: ManagerFactory) {
    let mut world = World::new(make);
    let (ticket, releases): (Ticket, _) = (world.owned[0].ticket(), world.heap.releases());
    let (drops, header) = (world.drops.clone(), world.header(1));
    let other = thread::spawn(move || {
        let (owned, drops) = (world.owned, world.drops.clone());
        let used = |cx: &mut Cx<'_>| {
            check(cx, owned[1], [10, 11]);
            work(cx, Some(owned[1]), &drops);
            cx.collect(CollectKind::Full);
            check(cx, owned[1], [10, 100]);
            cx.verify("on another thread");
        };
        world.heap.enter(used).expect("nobody is inside");
        world.heap.close();
    });
    if seeded(Fault::UseBeforeHandOver) {
        // SAFETY: none; this is the mistake.
        unsafe { (*(header as *mut crate::Header)).overcount(2) };
    }
    releases.post(|| ticket);
    other.join().expect("a thread of the model");
    assert_eq!(drops.get(), NODES + 1, "dropped once each");
}

fn closing(make: ManagerFactory) {
    let mut world = World::new(make);
    let givers = [world.give_up(0), world.give_up(1)];
    let drops = world.drops.clone();
    world.heap.enter(|cx| cx.poll()).expect("nobody is inside");
    world.heap.close();
    for giver in givers {
        giver.join().expect("a thread of the model");
    }
    assert_eq!(drops.get(), NODES, "dropped once each");
}

fn marked_beside(make: ManagerFactory) {
    // At each poll, so that a marking begins soon, and is under way at the close.
    let zeal = Zeal { collect_every: 1, ..Zeal::OFF };
    let mut world = World::with(make, HeapConfig { zeal, marking_thread: true, ..HeapConfig::default() });
    let (owned, drops) = (world.owned, world.drops.clone());
    let worked = |cx: &mut Cx<'_>| {
        for _ in 0..ROUNDS {
            work(cx, Some(owned[1]), &drops);
            check(cx, owned[0], [0, 1]);
            check(cx, owned[1], [10, 100]);
        }
        cx.verify("beside a marking");
    };
    world.heap.enter(worked).expect("nobody is inside");
    world.heap.close();
    assert_eq!(drops.get(), NODES + ROUNDS, "dropped once each");
}
