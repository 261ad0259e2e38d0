//! Another thread interrupts programs at any moment: each ends with KeyboardInterrupt or goes on, and the interpreter runs the next one.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use taipan::builtins::file::redirect;
use taipan::{Config, Interpreter};
use taipan_gc::protocol::signals::INTERRUPT;
use taipan_gc::{Heap, HeapConfig};

/// Calls of every kind, from Python and from natives, with constructors, generators and handlers around them.
const SOURCE: &str = "
class Key:
    def __init__(self, n, *more):
        self.n = n
    def __lt__(self, other):
        return self.n < other.n
    def __del__(self):
        pass

def steps(n):
    try:
        yield from (Key(i) for i in range(n))
    finally:
        sum([1, 2])

def work(*args, k=0, **more):
    return sorted(args, key=lambda a: -a.n)[k]

for i in range(150):
    try:
        keys = sorted(steps(9)) + [max(steps(5)), work(*steps(4), k=1, extra=2), Key(*range(3))]
        {k: v for k, v in zip(map(lambda k: k.n, keys), keys)}
        for key in steps(3):
            key.n += 1
    except ValueError:
        pass
";

#[test]
fn interrupts_at_any_moment() {
    for factory in taipan_tests::managers() {
        let name = factory().facts().name;
        let mut interrupted = 0;
        for round in 0..60 {
            let Ok(heap) = Heap::with_manager(factory(), &HeapConfig::default()) else { panic!("no heap") };
            let Ok(mut python) = Interpreter::on_heap(heap, &Config::default()) else { panic!("no start") };
            let silenced = python.enter(|cx| redirect(cx, true, Box::new(std::io::sink())));
            assert!(silenced.is_ok());
            let signals = python.heap().signals();
            let (done, ended) = mpsc::channel::<()>();
            let interrupter = std::thread::spawn(move || {
                let mut pause = Duration::from_micros(20 + round * 41 % 2500);
                while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    signals.raise(INTERRUPT);
                    pause = Duration::from_micros(300);
                }
            });
            if let Err(failure) = python.run(SOURCE.as_bytes(), "interrupted.py") {
                assert!(failure.report.contains("KeyboardInterrupt"), "{name}: {failure}");
                interrupted += 1;
            }
            drop(done);
            assert!(interrupter.join().is_ok());
            // One may still be due.
            let _ = python.run(b"pass\n" as &[u8], "rest.py");
            let _ = python.run(b"for i in range(3): i\n" as &[u8], "rest.py");
            assert_eq!(
                python.eval("sorted([3, 1, 2], key=lambda n: n)").as_deref(),
                Ok("[1, 2, 3]"),
                "{name}"
            );
        }
        assert!(interrupted > 10, "{name}: only {interrupted} interrupts");
    }
}
