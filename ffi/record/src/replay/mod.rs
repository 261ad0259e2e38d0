//! Makes the calls of a recording again, without the program that made them, and says where the library does something else than it did.
//!
//! Each thread of the recording is a thread here, and they take turns as they did. What the library calls back at a time of its own (finalizers, tasks,
//! what is told of memory) is answered when it comes, with what was recorded for the same object or group of functions; natives and loaders must come in
//! the order in which they came. Leaves out: what the program did to memory of its own.

mod build;
mod compare;
mod host;
mod library;
mod player;
mod world;

pub use compare::Stats;

use crate::recording::Recording;
pub use library::Library;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use world::World;

/// What a replay is to be.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The library; by default the one that the system finds.
    pub library: Option<PathBuf>,
    /// Another memory manager for each heap.
    pub manager: Option<String>,
    /// The heaps are verified after each collection, and before they are freed.
    pub verify: bool,
    /// Collections after so many allocations, with verification and poison; 0: as recorded.
    pub zeal: u64,
    /// What scripts print is shown.
    pub output: bool,
    /// Seconds after which it is given up; 0: never.
    pub timeout: u64,
}

/// What came of a replay.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Where the library did something else.
    pub divergences: Vec<String>,
    /// What else is to be said.
    pub notes: Vec<String>,
    /// Calls that were made.
    pub calls: u64,
    /// Functions of the host that were called.
    pub callbacks: u64,
    /// The statistics of each heap before it was freed: as recorded, and now.
    pub stats: Vec<(Stats, Stats)>,
}

/// More divergences are not looked for: most follow from the first.
const MOST_DIVERGENCES: usize = 20;

/// A replay that is under way.
struct Session {
    recording: Recording,
    library: Library,
    options: Options,
    world: Mutex<World>,
    /// The events that threads come to next, with their threads: the first one's turn it is.
    turns: Mutex<BTreeSet<(u32, usize)>>,
    /// For each thread.
    turned: Vec<Condvar>,
    report: Mutex<Report>,
    /// Whether managers and options are those of the recording, so that what depends on them is compared.
    same: AtomicBool,
    calls: AtomicU64,
    callbacks: AtomicU64,
    /// What is called now, for whoever waits in vain.
    now: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    fn is_same(&self) -> bool {
        self.same.load(Ordering::Relaxed)
    }

    /// Where an event is, for messages.
    fn place(&self, event: u32) -> String {
        let at = self.recording.events[event as usize].at;
        format!("event {event}, byte {at}")
    }

    /// The library did something else than was recorded.
    fn diverged(&self, event: u32, what: &str) {
        let mut report = lock(&self.report);
        report.divergences.push(format!("{}: {what}", self.place(event)));
        if report.divergences.len() >= MOST_DIVERGENCES {
            report.notes.push("given up: most of these follow from the first".to_owned());
            drop(report);
            self.give_up(1);
        }
    }

    /// A call can't be made, so nothing that follows means anything.
    fn fatal(&self, event: u32, what: &str) -> ! {
        lock(&self.report).divergences.push(format!("{}: {what}", self.place(event)));
        self.give_up(1)
    }

    /// Ends the process: threads are inside the library, from where nothing leads back.
    fn give_up(&self, code: i32) -> ! {
        let report = self.report();
        report.print(&self.options);
        std::process::exit(code)
    }

    fn report(&self) -> Report {
        let mut report = lock(&self.report).clone();
        report.calls = self.calls.load(Ordering::Relaxed);
        report.callbacks = self.callbacks.load(Ordering::Relaxed);
        report
    }
}

impl Report {
    /// Prints it: what differs to the standard error stream.
    pub fn print(&self, options: &Options) {
        for note in &self.notes {
            eprintln!("taipan-replay: {note}");
        }
        for divergence in &self.divergences {
            eprintln!("DIVERGENCE: {divergence}");
        }
        if options.output {
            return;
        }
        println!(
            "{} calls, {} functions of the host called, {} divergences",
            self.calls,
            self.callbacks,
            self.divergences.len()
        );
    }
}

/// The library that the options name, or the one that is found.
pub fn find(options: &Options) -> Result<Library, String> {
    Library::load(options.library.as_deref())
}

/// Replays a recording. A divergence from which nothing leads on ends the process, with the report printed and the status 1; so does the time-out, with
/// 3.
pub fn run(recording: Recording, options: Options, library: Library) -> Result<Report, String> {
    let first = |(n, events): (usize, &Vec<u32>)| Some((*events.first()?, n));
    let turns = recording.threads.iter().enumerate().filter_map(first).collect();
    let turned = recording.threads.iter().map(|_| Condvar::new()).collect();
    // The library calls back as long as the process lives.
    let session: &'static Session = Box::leak(Box::new(Session {
        recording,
        library,
        options,
        world: Mutex::new(World::default()),
        turns: Mutex::new(turns),
        turned,
        report: Mutex::new(Report::default()),
        same: AtomicBool::new(true),
        calls: AtomicU64::new(0),
        callbacks: AtomicU64::new(0),
        now: AtomicU64::new(0),
    }));
    if !session.recording.ended {
        let note = "the program did not end as programs should; what it did until then is replayed";
        lock(&session.report).notes.push(note.to_owned());
    }
    if session.options.timeout > 0 {
        std::thread::spawn(move || watch(session));
    }
    // The first thread is this one: what a program does on its main thread is done there.
    let count = session.recording.threads.len();
    let others: Vec<_> = (1..count).map(|n| std::thread::spawn(move || player::thread(session, n))).collect();
    if count > 0 {
        player::thread(session, 0);
    }
    for other in others {
        if other.join().is_err() {
            return Err("a thread of the replay panicked".to_owned());
        }
    }
    Ok(session.report())
}

/// Gives up when the time is over.
fn watch(session: &'static Session) {
    std::thread::sleep(std::time::Duration::from_secs(session.options.timeout));
    let event = session.now.load(Ordering::Relaxed) as u32;
    let name = session.recording.call(event).map_or("", |(n, _)| crate::tables::FUNCTIONS[n].name);
    let what = format!("{name} goes on after {} s, and is given up", session.options.timeout);
    lock(&session.report).divergences.push(format!("{}: {what}", session.place(event)));
    session.give_up(3)
}
