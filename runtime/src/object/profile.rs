//! Where a program allocates: bytes and objects by line, function and type.
//!
//! The heap tells of each allocation while a profile is kept, which makes every one slow; otherwise none costs anything. It is exact: all are
//! counted, those that natives make under the line that called them, those of the runtime itself under no line. What has died since is counted, too.
//! A line is that of the instruction that runs, as in tracebacks. Leaves out who called the function: see [`Profile::stacks`] for that.
//!
//! Code that dies makes room for other code at its address. A site keeps its names, and is left when these are others.

use super::insight::storage_name;
use super::layout::Code;
use super::{builtin_classes, class, classes, rt};
use std::collections::HashMap;
use std::fmt::Write;
use taipan_gc::{Cx, ShapeId};

/// Deepest stacks that are told apart.
const MAX_DEPTH: usize = 64;

/// Where something was allocated.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Site {
    /// File; empty for the runtime itself.
    pub file: Box<str>,
    /// Line in it.
    pub line: u32,
    /// Qualified name of the function.
    pub function: Box<str>,
}

/// How much was allocated.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Amount {
    /// Objects.
    pub objects: u64,
    /// Their bytes in the heap.
    pub bytes: u64,
}

impl Amount {
    fn add(&mut self, other: Amount) {
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

/// A line of a profile.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Where.
    pub site: Site,
    /// Of which type.
    pub kind: String,
    /// How much.
    pub amount: Amount,
}

/// What was allocated where.
#[derive(Default, Debug)]
pub struct Profile {
    with_stacks: bool,
    /// Sites by their number, and the numbers by code and instruction.
    sites: Vec<Site>,
    known: HashMap<(usize, u32), u32>,
    /// By site and shape.
    counts: HashMap<(u32, u32), Amount>,
    /// Names of shapes' types, from when they were seen first: shapes may die.
    kinds: HashMap<u32, String>,
    /// By the sites of all frames, outermost first.
    stacks: HashMap<Box<[u32]>, Amount>,
    /// What there was no memory for.
    lost: Amount,
}

/// Begins to count; `with_stacks`: also by who called whom.
pub fn start(cx: &Cx<'_>, with_stacks: bool) {
    *rt(cx).profile.borrow_mut() = Some(Box::new(Profile { with_stacks, ..Profile::default() }));
    cx.set_allocation_hook(Some(count));
}

/// Stops counting; what was counted.
pub fn stop(cx: &Cx<'_>) -> Option<Profile> {
    cx.set_allocation_hook(None);
    rt(cx).profile.borrow_mut().take().map(|profile| *profile)
}

fn count(cx: &Cx<'_>, bytes: usize, shape: ShapeId) {
    let Ok(mut profile) = rt(cx).profile.try_borrow_mut() else { return };
    let Some(profile) = profile.as_deref_mut() else { return };
    let amount = Amount { objects: 1, bytes: bytes as u64 };
    if profile.add(cx, shape, amount).is_none() {
        profile.lost.add(amount);
    }
}

impl Profile {
    /// Counts; `None` without memory.
    fn add(&mut self, cx: &Cx<'_>, shape: ShapeId, amount: Amount) -> Option<()> {
        let site = match (rt(cx).hooks.caller)(cx) {
            Some(caller) => self.site(caller.function.get(cx).code.get(cx).map(|code| (code, caller.pc)))?,
            None => self.site(None)?,
        };
        self.kinds.try_reserve(1).ok()?;
        self.kinds.entry(shape.0).or_insert_with(|| kind_of(cx, shape));
        self.counts.try_reserve(1).ok()?;
        self.counts.entry((site, shape.0)).or_default().add(amount);
        if self.with_stacks {
            let mut stack = Vec::new();
            stack.try_reserve_exact(MAX_DEPTH + 1).ok()?;
            stack.push(site);
            for depth in 1..MAX_DEPTH {
                let Some(function) = (rt(cx).hooks.function_at)(cx, depth) else { break };
                // Where a caller is, only its own frame knows: its first line stands for it.
                stack.push(self.site(function.get(cx).code.get(cx).map(|code| (code, 0)))?);
            }
            stack.reverse();
            self.stacks.try_reserve(1).ok()?;
            self.stacks.entry(stack.into_boxed_slice()).or_default().add(amount);
        }
        Some(())
    }

    /// The number of a site.
    fn site(&mut self, at: Option<(taipan_gc::Local<'_, Code>, usize)>) -> Option<u32> {
        let key = at.as_ref().map_or((0, 0), |(code, pc)| (&raw const *code.data as usize, *pc as u32));
        let unit = at.as_ref().map(|(code, pc)| (&code.data.unit, *pc));
        if let Some(&known) = self.known.get(&key) {
            let site = &self.sites[known as usize];
            if unit.is_none_or(|(unit, _)| site.function == unit.qualname && site.file == unit.filename) {
                return Some(known);
            }
        }
        let site = match unit {
            Some((unit, pc)) => Site {
                file: unit.filename.clone(),
                line: unit.position(pc).line,
                function: unit.qualname.clone(),
            },
            None => Site { file: "".into(), line: 0, function: "".into() },
        };
        self.sites.try_reserve(1).ok()?;
        self.known.try_reserve(1).ok()?;
        self.sites.push(site);
        let number = self.sites.len() as u32 - 1;
        self.known.insert(key, number);
        Some(number)
    }

    /// All of it.
    pub fn total(&self) -> Amount {
        let mut total = self.lost;
        self.counts.values().for_each(|&amount| total.add(amount));
        total
    }

    /// Most bytes first.
    pub fn entries(&self) -> Vec<Entry> {
        let mut sums: HashMap<(&Site, &str), Amount> = HashMap::new();
        for (&(site, shape), &amount) in &self.counts {
            let kind = self.kinds.get(&shape).map_or("", |kind| kind);
            sums.entry((&self.sites[site as usize], kind)).or_default().add(amount);
        }
        let entry = |((site, kind), amount): ((&Site, &str), Amount)| Entry {
            site: site.clone(),
            kind: kind.to_owned(),
            amount,
        };
        let mut entries: Vec<Entry> = sums.into_iter().map(entry).collect();
        entries.sort_by(|a, b| {
            let place =
                |e: &Entry| (e.site.file.clone(), e.site.line, e.site.function.clone(), e.kind.clone());
            b.amount.bytes.cmp(&a.amount.bytes).then_with(|| place(a).cmp(&place(b)))
        });
        entries
    }

    /// Folded stacks, as flame graphs are made of: `outer;inner;file:line bytes`, a line each. Empty unless they were asked for.
    pub fn stacks(&self) -> String {
        let mut lines: Vec<(String, u64)> = Vec::new();
        let mut sums: HashMap<String, u64> = HashMap::new();
        for (stack, amount) in &self.stacks {
            let mut text = String::new();
            for (at, &site) in stack.iter().enumerate() {
                let Site { file, line, function } = &self.sites[site as usize];
                let name = if function.is_empty() { "(runtime)" } else { function };
                // Writing to a string can't fail.
                let _ = write!(text, "{}{}", if at == 0 { "" } else { ";" }, name.replace([';', ' '], "_"));
                if at + 1 == stack.len() && !file.is_empty() {
                    let _ = write!(
                        text,
                        ";{}:{line}",
                        file.rsplit('/').next().unwrap_or_default().replace([';', ' '], "_")
                    );
                }
            }
            *sums.entry(text).or_default() += amount.bytes;
        }
        lines.extend(sums);
        lines.sort();
        lines.iter().map(|(stack, bytes)| format!("{stack} {bytes}\n")).collect()
    }
}

/// The name of the type of a shape's objects.
fn kind_of(cx: &Cx<'_>, shape: ShapeId) -> String {
    if let Some(name) = storage_name(shape) {
        return name.to_owned();
    }
    // SAFETY: a shared read of this thread's core, which ends with the statement.
    let (class, name) = unsafe {
        let shape = (*cx.core()).memory.shapes.get(shape);
        (shape.class, shape.name)
    };
    if class.is_ref() {
        // SAFETY: shapes keep their class alive.
        return class::shown_name(cx, unsafe { taipan_gc::Local::from_value(class) });
    }
    // Nothing may be made here, so of a class that nobody has asked for it is the name in the table.
    let shown = builtin_classes::shown_as(shape).map(|id| classes::TABLE[id.0 as usize].0);
    shown.unwrap_or(name).to_owned()
}
