//! Reference counts: `std::rc::Rc`. No w4 (cycles leak) and no w6 (nothing collects).

use crate::{nodes, numbers, resident, Pushes, Random, ENTRIES, MESSAGE, MESSAGES};
use std::cell::RefCell;
use std::hint::black_box;
use std::rc::Rc;

struct Tree {
    left: Option<Rc<Tree>>,
    right: Option<Rc<Tree>>,
}

struct Node {
    left: RefCell<Option<Rc<Node>>>,
    right: RefCell<Option<Rc<Node>>>,
    i: i32,
    j: i32,
}

struct Entry {
    link: RefCell<Option<Rc<Entry>>>,
    number: u64,
}

pub(crate) fn run(work: &str, n: u64) -> Option<u64> {
    Some(match work {
        "w1" => w1(n as u32),
        "w2" => w2(n as u32),
        "w3" => w3(n),
        "w5" => w5(n),
        "w7" => w7(n),
        "mem" => mem(n as usize),
        _ => return None,
    })
}

#[inline(never)]
fn make(depth: u32) -> Rc<Tree> {
    if depth == 0 {
        return Rc::new(Tree { left: None, right: None });
    }
    let (left, right) = (make(depth - 1), make(depth - 1));
    Rc::new(Tree { left: Some(left), right: Some(right) })
}

#[inline(never)]
fn check(tree: &Tree) -> u64 {
    match (&tree.left, &tree.right) {
        (Some(left), Some(right)) => 1 + check(left) + check(right),
        _ => 1,
    }
}

fn w1(depth: u32) -> u64 {
    let mut sum = check(&make(depth + 1));
    let kept = make(depth);
    for d in (4..=depth).step_by(2) {
        sum += (0..1u32 << (depth - d + 4)).map(|_| check(&make(d))).sum::<u64>();
    }
    sum + check(&kept)
}

fn node(left: Option<Rc<Node>>, right: Option<Rc<Node>>) -> Rc<Node> {
    Rc::new(Node { left: RefCell::new(left), right: RefCell::new(right), i: 0, j: 0 })
}

#[inline(never)]
fn populate(depth: u32, parent: &Node) {
    if depth == 0 {
        return;
    }
    let (left, right) = (node(None, None), node(None, None));
    populate(depth - 1, &left);
    populate(depth - 1, &right);
    *parent.left.borrow_mut() = Some(left);
    *parent.right.borrow_mut() = Some(right);
}

#[inline(never)]
fn bottom_up(depth: u32) -> Rc<Node> {
    if depth == 0 {
        return node(None, None);
    }
    let (left, right) = (bottom_up(depth - 1), bottom_up(depth - 1));
    node(Some(left), Some(right))
}

fn w2(stretch: u32) -> u64 {
    drop(bottom_up(stretch));
    let kept = node(None, None);
    populate(stretch - 2, &kept);
    let numbers = black_box(numbers());
    let mut sum = 0;
    for depth in (4..=stretch - 2).step_by(2) {
        let times = 2 * nodes(stretch) / nodes(depth);
        for _ in 0..times {
            let tree = node(None, None);
            populate(depth, &tree);
            sum += tree.left.borrow().is_some() as u64;
        }
        for _ in 0..times {
            let tree = bottom_up(depth);
            sum += tree.right.borrow().is_some() as u64 + (tree.i + tree.j) as u64;
        }
    }
    let intact = numbers[1000] == 1.0 / 1001.0 && kept.left.borrow().is_some();
    if intact {
        sum
    } else {
        0
    }
}

fn w3(n: u64) -> u64 {
    let mut random = Random(42);
    let entry = |number, link| Rc::new(Entry { link: RefCell::new(link), number });
    let mut table: Vec<Rc<Entry>> = (0..ENTRIES as u64).map(|i| entry(i, None)).collect();
    for number in 0..n {
        let (at, from) = (random.below(ENTRIES) as usize, random.below(ENTRIES) as usize);
        let link = table[from].clone();
        *link.link.borrow_mut() = None;
        table[at] = entry(number, Some(link));
    }
    let number =
        |entry: &Rc<Entry>| entry.number + entry.link.borrow().as_ref().map_or(0, |link| link.number);
    table.iter().map(number).sum()
}

fn w5(n: u64) -> u64 {
    let mut buffer: Vec<Option<Rc<[u8; MESSAGE]>>> = vec![None; MESSAGES];
    let mut pushes = Pushes::new(n);
    for i in 0..n {
        buffer[i as usize % MESSAGES] = Some(Rc::new([i as u8; MESSAGE]));
        pushes.done();
    }
    pushes.tell();
    buffer.iter().flatten().map(|message| message[MESSAGE / 2] as u64).sum()
}

#[inline(never)]
fn pair(left: &Rc<Tree>, right: &Rc<Tree>) -> Rc<Tree> {
    Rc::new(Tree { left: Some(left.clone()), right: Some(right.clone()) })
}

fn w7(n: u64) -> u64 {
    let (x, y) = (make(0), make(0));
    let same = |tree: Rc<Tree>| tree.right.as_ref().is_some_and(|right| Rc::ptr_eq(right, &y)) as u64;
    (0..n).map(|_| same(black_box(pair(&x, &y)))).sum()
}

fn mem(n: usize) -> u64 {
    let first = make(0);
    let mut all = Vec::with_capacity(n);
    all.resize_with(n, || Some(first.clone()));
    let before = resident();
    all.iter_mut().for_each(|place| *place = Some(pair(&first, &first)));
    println!("MEM bytes_per_obj={:.1}", (resident() - before) / n as f64);
    all.iter().flatten().count() as u64
}
