//! G14, G15, G22, G24: several heaps, several threads, the host.

use super::objects::*;
use super::{Bench, Case, MODES};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use taipan_gc::{CollectKind, Heap, HeapConfig, HeapError, Object, Slot};

pub(super) const CASES: &[Case] = &[
    Case { name: "G14_two_managers_side_by_side", reclaims: false, run: side_by_side },
    Case { name: "G15_entering", reclaims: false, run: entering },
    Case { name: "G15_foreign_references", reclaims: false, run: foreign_references },
    Case { name: "G15_closing_inside_another", reclaims: false, run: closing_inside_another },
    Case { name: "G22_host_data", reclaims: false, run: host_data },
    Case { name: "G24_releases_of_other_threads", reclaims: true, run: releases_of_other_threads },
    Case { name: "G24_heaps_move_between_threads", reclaims: false, run: heaps_move_between_threads },
];

fn side_by_side(bench: &Bench) {
    for factory in crate::managers() {
        let mut ours = bench.heap();
        let other = Bench { factory, mode: MODES[0] };
        let mut theirs = other.heap();
        let ours_kept = bench.run_in(&mut ours, |cx| must(cx.own(tree(cx, 8))));
        let theirs_kept = other.run_in(&mut theirs, |cx| must(cx.own(tree(cx, 7))));
        for _ in 0..3 {
            for (bench, heap, kept, nodes) in
                [(bench, &mut ours, ours_kept, 511), (&other, &mut theirs, theirs_kept, 255)]
            {
                bench.run_in(heap, |cx| {
                    cx.scoped(|cx| cx.root(tree(cx, 6)).get(cx).key.set(6));
                    cx.collect(CollectKind::Full);
                    let kept = cx.owned(kept).map(|t| count(cx, t));
                    assert_eq!(kept, Some(nodes), "G14");
                });
            }
        }
        // One dies; the other goes on.
        drop(theirs);
        bench.run_in(&mut ours, |cx| assert_eq!(cx.owned(ours_kept).map(|t| count(cx, t)), Some(511)));
    }
}

fn entering(bench: &Bench) {
    let mut outer = bench.heap();
    let mut inner = bench.heap();
    bench.run_in(&mut outer, |cx| {
        let kept = cx.root(tree(cx, 4));
        let refused = inner.enter(|_| ());
        assert_eq!(refused, Err(HeapError::AlreadyEntered), "G15: two heaps entered");
        let entered = cx.leave(|| inner.enter(|cx| count(cx, tree(cx, 3))));
        assert_eq!(entered, Ok(15), "G15: leaving");
        assert_eq!(inner.enter(|_| ()), Err(HeapError::AlreadyEntered), "G15: back again");
        // A panic outside does not leave the thread outside.
        let caught =
            catch_unwind(AssertUnwindSafe(|| cx.leave(|| std::panic::resume_unwind(Box::new("on purpose")))));
        assert!(caught.is_err());
        assert_eq!(inner.enter(|_| ()), Err(HeapError::AlreadyEntered), "G15: after a panic");
        assert_eq!(count(cx, kept.get(cx)), 31);
    });
    assert_eq!(inner.enter(|_| ()), Ok(()), "G15: outside again");
}

fn foreign_references(bench: &Bench) {
    let mut outer = bench.heap();
    let mut inner = bench.heap();
    bench.run_in(&mut outer, |cx| {
        let ours = cx.root(node(cx, None, None, 1));
        let owned = must(cx.own(ours.get(cx)));
        let weak = must(cx.downgrade(ours.get(cx)));
        cx.leave(|| {
            bench.run_in(&mut inner, |cx| {
                let mine = must(cx.own(node(cx, None, None, 2)));
                assert!(cx.owned(owned).is_none(), "G15: another heap's owned reference");
                assert!(!cx.disown(owned), "G15: another heap's owned reference");
                assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G15: another heap's weak one");
                assert!(cx.owned(mine).is_some());
                let read = catch_unwind(AssertUnwindSafe(|| ours.get(cx).key.get()));
                let write = catch_unwind(AssertUnwindSafe(|| ours.set(cx, node(cx, None, None, 3))));
                assert!(read.is_err() && write.is_err(), "G15: another heap's handle was accepted");
            });
        });
        assert_eq!(ours.get(cx).key.get(), 1);
        assert!(cx.disown(owned));
    });
}

#[derive(Object)]
struct HeapHolder {
    unused: Slot,
    inner: std::sync::Mutex<Heap>,
    entered: Enters,
}

/// Tries to enter a heap when it is dropped, whatever is going on.
struct Enters {
    heap: Option<Heap>,
    succeeded: Arc<AtomicBool>,
}

impl Drop for Enters {
    fn drop(&mut self) {
        let entered = self.heap.as_mut().is_some_and(|heap| heap.enter(|_| ()).is_ok());
        self.succeeded.fetch_or(entered, Ordering::Relaxed);
    }
}

fn closing_inside_another(bench: &Bench) {
    let succeeded = Arc::new(AtomicBool::new(false));
    let (tokens, live) = counter();
    bench.run(|cx| {
        for _ in 0..3 {
            let mut inner = bench.heap();
            inner.set_host(Box::new(Log::default()));
            cx.leave(|| {
                bench.run_in(&mut inner, |cx| must(cx.own(mortal(cx, None, 1, &tokens))));
            });
            let entered = Enters { heap: Some(bench.heap()), succeeded: succeeded.clone() };
            let init = HeapHolderInit { unused: None, inner: inner.into(), entered };
            let holder = must(cx.alloc(init));
            assert!(holder.inner.lock().is_ok() && holder.entered.heap.is_some());
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        assert!(!bench.facts().collects || live() == 0, "G15: a heap inside a payload was not closed");
    });
    // Once more at the outer heap's own close, outside of any heap.
    let mut outer = bench.heap();
    bench.run_in(&mut outer, |cx| {
        let entered = Enters { heap: Some(bench.heap()), succeeded: succeeded.clone() };
        let init = HeapHolderInit { unused: None, inner: bench.heap().into(), entered };
        must(cx.own(must(cx.alloc(init))));
    });
    drop(outer);
    assert!(!succeeded.load(Ordering::Relaxed), "G15: a drop entered a heap while another was collected");
    assert_eq!(bench.heap().enter(|_| ()), Ok(()), "G15: the thread is outside again");
}

/// Host data that notices its end.
struct Host {
    tokens: Token,
    alive: Arc<AtomicBool>,
    finalized: std::sync::Mutex<u32>,
}

impl Drop for Host {
    fn drop(&mut self) {
        assert!(self.tokens.is_live());
        self.alive.store(false, Ordering::Relaxed);
    }
}

#[derive(Object)]
#[object(finalize = guest_dies)]
struct Guest {
    unused: Slot,
    alive: Alive,
}

/// A payload that is dropped before the host's data.
struct Alive(Arc<AtomicBool>);

impl Drop for Alive {
    fn drop(&mut self) {
        assert!(self.0.load(Ordering::Relaxed), "G22: the host's data went before a payload");
    }
}

fn guest_dies<'s>(cx: &mut taipan_gc::Cx<'s>, _: taipan_gc::Handle<'s>) {
    let Some(host) = cx.host::<Host>() else { panic!("G22: no host data in a finalizer") };
    *host.finalized.lock().unwrap_or_else(|e| e.into_inner()) += 1;
    let pointer: *const Host = cx.host_ptr().cast();
    assert!(std::ptr::eq(host, pointer), "G22: the pointer to the host's data");
}

fn host_data(bench: &Bench) {
    let (tokens, live) = counter();
    let alive = Arc::new(AtomicBool::new(true));
    let mut heap = bench.heap();
    let finalized = std::sync::Mutex::new(0);
    heap.set_host(Box::new(Host { tokens: Token::new(&tokens), alive: alive.clone(), finalized }));
    bench.run_in(&mut heap, |cx| {
        assert!(cx.host::<Log>().is_none(), "G22: host data of another type");
        assert!(cx.host::<Host>().is_some());
        let guest = must(cx.alloc(GuestInit { unused: None, alive: Alive(alive.clone()) }));
        assert!(guest.alive.0.load(Ordering::Relaxed));
        must(cx.own(guest));
        must(cx.alloc(GuestInit { unused: None, alive: Alive(alive.clone()) }));
        cx.collect(CollectKind::Full);
        let finalized = cx.host::<Host>().and_then(|h| h.finalized.lock().ok().map(|n| *n));
        assert_eq!(finalized, Some(bench.facts().collects.into()), "G22");
        assert_eq!(live(), 1);
    });
    let panics = heap.stats().drop_panics;
    drop(heap);
    assert_eq!((panics, live()), (0, 0), "G22: the host's data was not dropped");
}

fn releases_of_other_threads(bench: &Bench) {
    let mut heap = bench.heap();
    heap.set_host(Box::new(Log::default()));
    let (tokens, live) = counter();
    let owned = bench.run_in(&mut heap, |cx| {
        (0..40).map(|i| must(cx.own(mortal(cx, None, i, &tokens)))).collect::<Vec<_>>()
    });
    let releases = heap.releases();
    let (first, second) = owned.split_at(20);
    std::thread::scope(|scope| {
        for &owned in first {
            let releases = releases.clone();
            scope.spawn(move || assert!(releases.post(|| owned.ticket()), "G24: refused before close"));
        }
        bench.run_in(&mut heap, |cx| {
            while live() > 20 {
                cx.poll();
                cx.collect(CollectKind::Full);
            }
        });
    });
    bench.run_in(&mut heap, |cx| {
        assert_eq!(finalized(cx), (0..20).collect::<Vec<_>>(), "G24");
        assert!(second.iter().all(|&o| cx.owned(o).is_some()), "G24: released by nobody");
    });
    // One more is still in the mailbox when the heap closes.
    assert!(releases.post(|| second[0].ticket()));
    drop(heap);
    assert_eq!(live(), 0, "G24");
    assert!(!releases.post(|| second[1].ticket()), "G24: accepted after close");
}

fn heaps_move_between_threads(bench: &Bench) {
    let mut heap = bench.heap_with(HeapConfig::default());
    let owned = bench.run_in(&mut heap, |cx| must(cx.own(tree(cx, 6))));
    for _ in 0..3 {
        heap = std::thread::scope(|scope| {
            let moved = scope.spawn(|| {
                bench.run_in(&mut heap, |cx| {
                    cx.collect(CollectKind::Full);
                    assert_eq!(cx.owned(owned).map(|t| count(cx, t)), Some(127), "G24");
                });
                heap
            });
            match moved.join() {
                Ok(heap) => heap,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        });
    }
}
