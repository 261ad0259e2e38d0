//! The contract: what every memory manager promises, as named invariants that run against any factory.
//!
//! | | |
//! |---|---|
//! | G1 | a fresh object holds what it was made of, at least until the next `&mut` point |
//! | G2 | what roots reach survives, with its contents; what they don't is gone after a full collection |
//! | G3 | a scope's end, also by a panic, releases what was rooted in it and nothing else |
//! | G4 | a handle refers to the same object after any collection, and can be reassigned |
//! | G5 | random graphs under random stores stay equal to a model outside the heap |
//! | G6 | an owned reference keeps its object until it is given back, once; a stale one finds nothing |
//! | G7 | a weak reference finds its object exactly as long as it lives, and never another |
//! | G8 | each finalizer runs exactly once: after acyclic death, on cycles, at close |
//! | G9 | a resurrected object lives on, and is not finalized again |
//! | G10 | each payload is dropped exactly once |
//! | G11 | identities are stable and unique |
//! | G12 | the limit is an error that leaves the heap usable, and garbage never causes it |
//! | G13 | any one allocation may fail: the heap stays sound and usable, and nothing leaks |
//! | G14 | two heaps under different managers live side by side |
//! | G15 | one heap at a time: nested entering is refused, leaving allows it, foreign handles are found out |
//! | G16 | large objects live, die and give their bytes back like small ones |
//! | G17 | tails of values are traced, tails of bytes keep their contents |
//! | G18 | depth is no problem: neither tracing nor dropping recurses |
//! | G19 | a count that overflows sticks, and only a trace frees the object |
//! | G20 | external bytes are charged, discharged with their owner, never negative, and count against the limit |
//! | G21 | containers in payloads keep what they hold, and nothing longer |
//! | G22 | the host's data is there for finalizers, and is dropped last |
//! | G23 | statistics are exact where they say so |
//! | G24 | other threads may give up owned references |
//! | G25 | finalizers that poll nest to a bounded depth |
//! | G26 | panics in finalizers, drops and constructors leave a usable heap |
//! | G27 | garbage does not accumulate: with polls, churn stays within a bound |
//! | G28 | above the soft limit all garbage is collected; the host is told when that doesn't help, and as it gets worse |
//! | G29 | fuel is counted, runs out, and can be filled up |
//! | G30 | a closed heap has given everything back, has run each finalizer, and can't be entered |
//! | G31 | a watcher that lives is told once of a death, after weak references are cleared; one that has died is not; all in order |
//! | G32 | where nothing is collected, everything lives until the close, which finalizes and drops it |
//! | G33 | an observer is told of the start and the end of each collection, with figures that agree with the statistics |
//! | G34 | what a root reaches has a shortest path from one, each step of it a reference; what none reaches has none |
//! | G35 | a snapshot has each object once, with its type, its bytes and its references |
//! | G36 | an allocation hook is told of each allocation, with its bytes and shape, and of none without it |
//! | G37 | what nobody has referred to yet dies with all that only it keeps, or lives with it |
//! | G38 | cycles that die are found unasked, young and old: garbage takes a bounded part of the heap, and nothing else is taken for it |
//! | G39 | thresholds say when generations are collected; what is out of range is refused |
//! | G40 | what dies at once is freed in portions where that is asked for, and steps work off what is put off |
//! | G41 | long arrays hold what was stored in them, wherever and however often |
//! | G42 | a heap grows between collections as its embedder says |
//! | G43 | a thread that marks beside the program loses nothing of what is stored meanwhile, and ends with the heap |
//! | G44 | what objects of one size let go of serves objects of others |
//! | G45 | what is set aside counts against the limit, and is there in a full heap, whatever is made to fail |
//! | G46 | what is pinned stays where it is as long as it lives, where the manager can do that, and dies like anything else |
//!
//! Every case ends with the verifier. Without mercy for slowness, each runs in each zeal [`Mode`].

mod arrays;
mod beside;
mod cycles;
mod death;
mod events;
mod graph;
mod growth;
mod heaps;
mod layout;
mod limits;
mod newborns;
pub(crate) mod objects;
mod pinned;
mod portions;
mod roots;
mod sizes;
mod watch;

use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Cx, Discipline, Facts, Heap, HeapConfig, Zeal};

/// A way to stress a heap.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// For messages.
    pub name: &'static str,
    /// What the heap is told.
    pub zeal: Zeal,
}

/// No stress; a collection at the poll after every allocation; after every seventh, verified, with freed memory filled with a pattern.
pub const MODES: [Mode; 3] = [
    Mode { name: "plain", zeal: Zeal::OFF },
    Mode { name: "every", zeal: Zeal { collect_every: 1, poison: true, ..Zeal::OFF } },
    Mode { name: "seventh", zeal: Zeal { collect_every: 7, verify: true, poison: true, ..Zeal::OFF } },
];

/// Where a case runs: a manager in a mode.
#[derive(Clone, Copy, Debug)]
pub struct Bench {
    /// Makes the manager.
    pub factory: ManagerFactory,
    /// Its stress.
    pub mode: Mode,
}

impl Bench {
    /// What the manager promises.
    pub fn facts(&self) -> Facts {
        (self.factory)().facts()
    }

    /// Whether references are counted.
    pub fn counted(&self) -> bool {
        self.facts().discipline == Discipline::Counted
    }

    /// A heap without a limit.
    pub fn heap(&self) -> Heap {
        self.heap_with(HeapConfig::default())
    }

    /// A heap with this configuration, but the mode's zeal.
    pub fn heap_with(&self, config: HeapConfig) -> Heap {
        let zeal = self.mode.zeal;
        // One mode is enough to stress what marks beside the program.
        let config = HeapConfig { zeal, marking_thread: zeal.verify || config.marking_thread, ..config };
        match Heap::with_manager((self.factory)(), &config) {
            Ok(heap) => heap,
            Err(error) => panic!("{error}"),
        }
    }

    /// Runs `body` in a heap of its own, with a log of finalizers as its host data, and verifies it.
    pub fn run<R>(&self, body: impl for<'s> FnOnce(&mut Cx<'s>) -> R) -> R {
        let mut heap = self.heap();
        heap.set_host(Box::new(objects::Log::default()));
        self.run_in(&mut heap, body)
    }

    /// Runs `body` in the heap and verifies it.
    pub fn run_in<R>(&self, heap: &mut Heap, body: impl for<'s> FnOnce(&mut Cx<'s>) -> R) -> R {
        let result = heap.enter(|cx| {
            let result = body(cx);
            cx.verify("at the end");
            result
        });
        match result {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// `n`, or far fewer where each allocation collects.
    pub fn scaled(&self, n: usize) -> usize {
        match self.mode.zeal.collect_every {
            0 => n,
            every => (n / 100).clamp(20, 40 * every as usize),
        }
    }
}

/// An invariant and the case that shows it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// Its name in the list above.
    pub name: &'static str,
    /// Whether it shows that memory is reclaimed: nothing that a manager promises which never collects.
    pub reclaims: bool,
    /// Panics when the invariant does not hold.
    pub run: fn(&Bench),
}

/// The cases that a manager with these facts must pass.
pub fn cases(facts: Facts) -> Vec<Case> {
    let all = [
        roots::CASES,
        death::CASES,
        watch::CASES,
        limits::CASES,
        heaps::CASES,
        layout::CASES,
        events::CASES,
        graph::CASES,
        newborns::CASES,
        cycles::CASES,
        portions::CASES,
        growth::CASES,
        arrays::CASES,
        beside::CASES,
        sizes::CASES,
        pinned::CASES,
    ]
    .concat();
    all.into_iter().filter(|case| facts.collects || !case.reclaims).collect()
}

/// Runs the whole contract against a manager, in all modes.
///
/// # Panics
/// At the first invariant that does not hold.
pub fn run(factory: ManagerFactory) {
    for mode in MODES {
        let bench = Bench { factory, mode };
        for case in cases(bench.facts()) {
            (case.run)(&bench);
        }
    }
}
