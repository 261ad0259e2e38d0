//! A tracing collector for Rust: gc-arena. Nothing is collected inside `mutate`; between two of them `collect_debt` does what is due.

use crate::{nodes, numbers, resident, shuffled, Pushes, Random, ENTRIES, LINKS, MESSAGE, MESSAGES};
use gc_arena::barrier::field;
use gc_arena::{Arena, Collect, Gc, Lock, Mutation, Rootable};
use std::hint::black_box;
use std::time::Instant;

/// Slots of one part of an array: a store into an array greys all of it again, so arrays are made of parts.
const PART: usize = 64;

type Link<'gc, T> = Lock<Option<Gc<'gc, T>>>;

#[derive(Collect)]
#[collect(no_drop)]
struct Pair<'gc>(Option<Gc<'gc, Pair<'gc>>>, Option<Gc<'gc, Pair<'gc>>>);

/// The nodes of all the graphs that are changed.
#[derive(Collect)]
#[collect(no_drop)]
struct Node<'gc> {
    a: Link<'gc, Node<'gc>>,
    b: Link<'gc, Node<'gc>>,
    number: u64,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Entry<'gc> {
    link: Link<'gc, Entry<'gc>>,
    number: u64,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Entries<'gc> {
    part: Vec<Link<'gc, Entry<'gc>>>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Messages<'gc> {
    part: Vec<Link<'gc, [u8; MESSAGE]>>,
}

#[derive(Collect)]
#[collect(no_drop)]
struct Vertex<'gc> {
    a: Link<'gc, Vertex<'gc>>,
    b: Link<'gc, Vertex<'gc>>,
    c: Link<'gc, Vertex<'gc>>,
    id: u64,
}

pub(crate) fn run(work: &str, n: u64) -> Option<u64> {
    Some(match work {
        "w1" => w1(n as u32),
        "w2" => w2(n as u32),
        "w3" => w3(n),
        "w4" => w4(n),
        "w5" => w5(n),
        "w6" => w6(n as u32),
        "w7" => w7(n),
        "mem" => mem(n as usize),
        _ => return None,
    })
}

#[inline(never)]
fn make<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Pair<'gc>> {
    if depth == 0 {
        return Gc::new(mc, Pair(None, None));
    }
    let (left, right) = (make(mc, depth - 1), make(mc, depth - 1));
    Gc::new(mc, Pair(Some(left), Some(right)))
}

#[inline(never)]
fn check(tree: Gc<'_, Pair<'_>>) -> u64 {
    match (tree.0, tree.1) {
        (Some(left), Some(right)) => 1 + check(left) + check(right),
        _ => 1,
    }
}

type Pairs = Rootable![Vec<Gc<'_, Pair<'_>>>];

fn w1(depth: u32) -> u64 {
    let mut arena = Arena::<Pairs>::new(|_| Vec::new());
    let mut sum = arena.mutate(|mc, _| check(make(mc, depth + 1)));
    arena.collect_debt();
    arena.mutate_root(|mc, kept| kept.push(make(mc, depth)));
    for d in (4..=depth).step_by(2) {
        for _ in 0..1u32 << (depth - d + 4) {
            sum += arena.mutate(|mc, _| check(make(mc, d)));
            arena.collect_debt();
        }
    }
    sum + arena.mutate(|_, kept| check(kept[0]))
}

fn node<'gc>(
    mc: &Mutation<'gc>,
    a: Option<Gc<'gc, Node<'gc>>>,
    b: Option<Gc<'gc, Node<'gc>>>,
    number: u64,
) -> Gc<'gc, Node<'gc>> {
    Gc::new(mc, Node { a: Lock::new(a), b: Lock::new(b), number })
}

fn set<'gc>(mc: &Mutation<'gc>, node: Gc<'gc, Node<'gc>>, a: Gc<'gc, Node<'gc>>, b: Gc<'gc, Node<'gc>>) {
    let write = Gc::write(mc, node);
    field!(write, Node, a).unlock().set(Some(a));
    field!(write, Node, b).unlock().set(Some(b));
}

#[inline(never)]
fn populate<'gc>(mc: &Mutation<'gc>, depth: u32, parent: Gc<'gc, Node<'gc>>) {
    if depth == 0 {
        return;
    }
    let (left, right) = (node(mc, None, None, 0), node(mc, None, None, 0));
    set(mc, parent, left, right);
    populate(mc, depth - 1, left);
    populate(mc, depth - 1, right);
}

#[inline(never)]
fn bottom_up<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Node<'gc>> {
    if depth == 0 {
        return node(mc, None, None, 0);
    }
    let (left, right) = (bottom_up(mc, depth - 1), bottom_up(mc, depth - 1));
    node(mc, Some(left), Some(right), 0)
}

type Nodes = Rootable![Vec<Gc<'_, Node<'_>>>];

fn w2(stretch: u32) -> u64 {
    let mut arena = Arena::<Nodes>::new(|_| Vec::new());
    arena.mutate(|mc, _| {
        black_box(bottom_up(mc, stretch));
    });
    arena.collect_debt();
    arena.mutate_root(|mc, kept| {
        kept.push(node(mc, None, None, 0));
        populate(mc, stretch - 2, kept[0]);
    });
    let numbers = black_box(numbers());
    let mut sum = 0;
    for depth in (4..=stretch - 2).step_by(2) {
        let times = 2 * nodes(stretch) / nodes(depth);
        for _ in 0..times {
            sum += arena.mutate(|mc, _| {
                let tree = node(mc, None, None, 0);
                populate(mc, depth, tree);
                tree.a.get().is_some() as u64
            });
            arena.collect_debt();
        }
        for _ in 0..times {
            sum += arena.mutate(|mc, _| {
                let tree = bottom_up(mc, depth);
                tree.b.get().is_some() as u64 + tree.number
            });
            arena.collect_debt();
        }
    }
    let intact = numbers[1000] == 1.0 / 1001.0 && arena.mutate(|_, kept| kept[0].a.get().is_some());
    if intact {
        sum
    } else {
        0
    }
}

fn w3(n: u64) -> u64 {
    let mut random = Random(42);
    let mut arena = Arena::<Rootable![Vec<Gc<'_, Entries<'_>>>]>::new(|mc| {
        let entry = |i| Lock::new(Some(Gc::new(mc, Entry { link: Lock::new(None), number: i as u64 })));
        let part = |part: usize| {
            Gc::new(mc, Entries { part: (part * PART..(part + 1) * PART).map(entry).collect() })
        };
        (0..ENTRIES as usize / PART).map(part).collect()
    });
    let mut number = 0;
    while number < n {
        arena.mutate(|mc, table| {
            for _ in 0..1000.min(n - number) {
                let (at, from) = (random.below(ENTRIES) as usize, random.below(ENTRIES) as usize);
                let link = table[from / PART].part[from % PART].get();
                if let Some(link) = link {
                    field!(Gc::write(mc, link), Entry, link).unlock().set(None);
                }
                let fresh = Gc::new(mc, Entry { link: Lock::new(link), number });
                field!(Gc::write(mc, table[at / PART]), Entries, part)[at % PART].unlock().set(Some(fresh));
                number += 1;
            }
        });
        arena.collect_debt();
    }
    let number = |entry: Gc<'_, Entry<'_>>| entry.number + entry.link.get().map_or(0, |link| link.number);
    arena
        .mutate(|_, table| table.iter().flat_map(|part| &part.part).filter_map(|e| e.get()).map(number).sum())
}

fn ring(mc: &Mutation<'_>, number: u64) -> u64 {
    let all = [0, 1, 2, 3].map(|i| node(mc, None, None, number + i));
    for i in 0..4 {
        set(mc, all[i], all[(i + 3) & 3], all[(i + 1) & 3]);
    }
    all[0].b.get().and_then(|second| second.b.get()).map_or(0, |third| third.number)
}

fn w4(n: u64) -> u64 {
    let mut random = Random(42);
    let mut arena = Arena::<Nodes>::new(|mc| {
        let mut kept = Vec::new();
        for i in 0..LINKS {
            let fresh = node(mc, None, None, i as u64);
            kept.push(fresh);
            set(mc, fresh, kept[random.below(i + 1) as usize], fresh);
        }
        kept
    });
    let (mut number, mut sum) = (0, 0);
    while number < n {
        let until = n.min(number + 100);
        sum += arena.mutate(|mc, _| (number..until).map(|number| ring(mc, number)).sum::<u64>());
        number = until;
        arena.collect_debt();
    }
    sum + arena.mutate(|_, kept| kept.iter().filter_map(|node| node.a.get()).map(|a| a.number).sum::<u64>())
}

fn w5(n: u64) -> u64 {
    let mut arena = Arena::<Rootable![Vec<Gc<'_, Messages<'_>>>]>::new(|mc| {
        let part = |_| Gc::new(mc, Messages { part: (0..PART).map(|_| Lock::new(None)).collect() });
        (0..MESSAGES / PART).map(part).collect()
    });
    let mut pushes = Pushes::new(n);
    for i in 0..n {
        arena.mutate(|mc, buffer| {
            let (fresh, at) = (Gc::new_static(mc, [i as u8; MESSAGE]), i as usize % MESSAGES);
            field!(Gc::write(mc, buffer[at / PART]), Messages, part)[at % PART].unlock().set(Some(fresh));
        });
        arena.collect_debt();
        pushes.done();
    }
    pushes.tell();
    let byte = |message: Gc<'_, [u8; MESSAGE]>| message[MESSAGE / 2] as u64;
    arena
        .mutate(|_, buffer| buffer.iter().flat_map(|part| &part.part).filter_map(|m| m.get()).map(byte).sum())
}

fn w6(n: u32) -> u64 {
    let mut random = Random(42);
    let order = shuffled(n, &mut random);
    let mut arena = Arena::<Rootable![Vec<Gc<'_, Vertex<'_>>>]>::new(|mc| {
        let empty = || Lock::new(None);
        let mut graph = vec![None; n as usize];
        for &id in &order {
            graph[id as usize] =
                Some(Gc::new(mc, Vertex { a: empty(), b: empty(), c: empty(), id: id as u64 }));
        }
        for vertex in graph.iter().flatten() {
            let (a, b) = (graph[random.below(n) as usize], graph[random.below(n) as usize]);
            let c = if random.bits() >> 31 != 0 { graph[random.below(n) as usize] } else { None };
            let write = Gc::write(mc, *vertex);
            field!(write, Vertex, a).unlock().set(a);
            field!(write, Vertex, b).unlock().set(b);
            field!(write, Vertex, c).unlock().set(c);
        }
        graph.into_iter().flatten().collect()
    });
    for _ in 0..5 {
        let start = Instant::now();
        arena.finish_cycle();
        let ns = start.elapsed().as_nanos() as f64;
        println!("FULLGC ms={:.1} ns_per_obj={:.1}", ns / 1e6, ns / n as f64);
    }
    arena.mutate(|_, graph| graph.iter().filter_map(|vertex| vertex.a.get()).map(|a| a.id).sum())
}

#[inline(never)]
fn pair<'gc>(mc: &Mutation<'gc>, left: Gc<'gc, Pair<'gc>>, right: Gc<'gc, Pair<'gc>>) -> Gc<'gc, Pair<'gc>> {
    Gc::new(mc, Pair(Some(left), Some(right)))
}

fn w7(n: u64) -> u64 {
    let mut arena = Arena::<Pairs>::new(|mc| vec![make(mc, 0), make(mc, 0)]);
    let (mut done, mut sum) = (0, 0);
    while done < n {
        let steps = 1000.min(n - done);
        sum += arena.mutate(|mc, kept| {
            let fresh = || black_box(pair(mc, kept[0], kept[1]));
            (0..steps).filter(|_| fresh().1.is_some_and(|right| Gc::ptr_eq(right, kept[1]))).count() as u64
        });
        done += steps;
        arena.collect_debt();
    }
    sum
}

fn mem(n: usize) -> u64 {
    let mut arena = Arena::<Pairs>::new(|mc| vec![make(mc, 0); n + 1]);
    let before = resident();
    arena.mutate_root(|mc, all| {
        let first = all[0];
        all[1..].iter_mut().for_each(|place| *place = pair(mc, first, first));
    });
    println!("MEM bytes_per_obj={:.1}", (resident() - before) / n as f64);
    arena.mutate(|_, all| all.len() as u64 - 1)
}
