//! Payloads, and slots that lie elsewhere: what the host's addresses mean, in terms that hold in another run.
//!
//! A slot in a payload is the payload's number and a distance. One elsewhere is known by its address; hosts may copy such slots with memcpy, which nobody
//! sees, so that they are recognised by the word in them: it is what it was at the old address, as long as nothing moves objects; and whoever moves
//! objects has the host show its slots first.

use super::{save::read, Recorder};
use crate::format::Op;
use crate::known;
use std::collections::{BTreeMap, HashMap};

/// What is known of payloads and slots.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// By address: number, size.
    payloads: BTreeMap<usize, (u64, usize)>,
    next: u64,
    /// Sizes of payloads by type.
    types: HashMap<u64, usize>,
    /// Slots elsewhere that refer to something, and their words.
    cells: HashMap<usize, u64>,
    by_word: HashMap<u64, Vec<usize>>,
    /// What has been shown in the call that lasts: payload, address, how many.
    shown: Vec<(usize, usize, usize)>,
    /// Slots whose new address is not known yet.
    lost: usize,
}

impl Slots {
    pub(super) unsafe fn learn_type(&mut self, spec: u64, out: u64) {
        // SAFETY: a spec that was accepted, and the type.
        let (size, id) = unsafe { (read(spec + 16, 4), read(out, 4)) };
        self.types.insert(id, size as usize);
    }

    pub(super) unsafe fn learn_object(&mut self, n: usize, words: &[u64]) {
        let size = self.types.get(&words[1]).copied().unwrap_or(0);
        let (payload, tail, slots) = match n == known::NEW_TAIL {
            true => (words[3], words[4], words[2] as usize),
            false => (words[2], 0, 0),
        };
        let whole = if n == known::NEW_TAIL { size.next_multiple_of(8) + slots * 8 } else { size };
        // SAFETY: variables that were written.
        let base = unsafe {
            match (payload, tail) {
                (0, 0) => return,
                (0, tail) => read(tail, 8) as usize - size.next_multiple_of(8),
                (payload, _) => read(payload, 8) as usize,
            }
        };
        self.insert(base, whole);
    }

    pub(super) fn learn_payload(&mut self, base: usize, kind: u64) {
        let size = self.types.get(&kind).copied().unwrap_or(0);
        match self.payloads.get(&base) {
            Some((_, known)) if *known >= size => {}
            _ if base != 0 => self.insert(base, size),
            _ => {}
        }
    }

    fn insert(&mut self, base: usize, size: usize) {
        let over: Vec<usize> = self
            .payloads
            .range(..base + size.max(1))
            .rev()
            .take_while(|(at, (_, size))| *at + size.max(&1) > base)
            .map(|(at, _)| *at)
            .collect();
        for old in over {
            self.payloads.remove(&old);
        }
        self.next += 1;
        self.payloads.insert(base, (self.next, size));
    }

    /// The number of a payload; 0 is NULL.
    pub(super) fn payload(&mut self, base: usize) -> u64 {
        if base == 0 {
            return 0;
        }
        if !self.payloads.contains_key(&base) {
            self.insert(base, 0);
        }
        self.payloads.get(&base).map_or(0, |(number, _)| *number)
    }

    /// The payload in which a slot lies, and how far from its start.
    pub(super) fn place(&self, at: usize) -> Option<(u64, usize)> {
        let (base, (number, size)) = self.payloads.range(..=at).next_back()?;
        (at + 8 <= base + size).then_some((*number, at - base))
    }

    /// A payload is gone.
    pub(super) fn end(&mut self, base: usize) {
        self.payloads.remove(&base);
        self.shown.retain(|(payload, ..)| *payload != base);
    }

    fn set(&mut self, at: usize, word: u64) {
        if self.cells.get(&at) == Some(&word) {
            return;
        }
        self.forget(at);
        if word != 0 {
            self.cells.insert(at, word);
            self.by_word.entry(word).or_default().push(at);
        }
    }

    fn forget(&mut self, at: usize) {
        let Some(word) = self.cells.remove(&at) else { return };
        if let Some(all) = self.by_word.get_mut(&word) {
            all.retain(|known| *known != at);
            if all.is_empty() {
                self.by_word.remove(&word);
            }
        }
    }
}

impl Recorder {
    /// A slot is about to be used: is it one that was elsewhere before?
    pub(super) unsafe fn before_slot(&mut self, at: usize) {
        if at == 0 || self.slots.place(at).is_some() {
            return;
        }
        // SAFETY: the host gives slots that are there.
        let word = unsafe { read(at as u64, 8) };
        let known = self.slots.cells.get(&at).copied().unwrap_or(0);
        if word == known {
            return;
        }
        if known != 0 {
            // What was here is somewhere else now; that will be seen when it is used there. Odd addresses are no slots.
            self.slots.lost += 1;
            let lost = self.slots.lost * 2 + 1;
            self.moved(at, lost);
            self.slots.set(lost, known);
        }
        let from = self.slots.by_word.get(&word).and_then(|all| all.last().copied());
        if let (Some(from), true) = (from, word != 0) {
            self.moved(from, at);
        }
        self.slots.set(at, word);
    }

    fn moved(&mut self, from: usize, to: usize) {
        self.slots.forget(from);
        self.event(Op::Moved);
        self.writer.number(from as u64);
        self.writer.number(to as u64);
        self.write();
    }

    /// A trace function shows slots.
    pub(super) unsafe fn shown(&mut self, payload: usize, at: usize, count: usize) {
        if at == 0 {
            return;
        }
        if self.slots.shown.iter().any(|(before, ..)| *before == payload) {
            // Shown once more in one call: objects may have moved since.
            // SAFETY: as below.
            unsafe { self.settle() };
        }
        for n in 0..count {
            // SAFETY: by contract.
            unsafe { self.before_slot(at + n * 8) };
        }
        self.slots.shown.push((payload, at, count));
    }

    /// What was shown may have other words now, as objects have moved.
    pub(super) unsafe fn settle(&mut self) {
        for (_, at, count) in std::mem::take(&mut self.slots.shown) {
            for slot in (0..count).map(|n| at + n * 8) {
                if self.slots.place(slot).is_none() {
                    // SAFETY: no code of the host has run since it was shown.
                    self.slots.set(slot, unsafe { read(slot as u64, 8) });
                }
            }
        }
    }

    pub(super) unsafe fn after_call(&mut self, n: usize, words: &[u64]) {
        // SAFETY: as above; the slot is the host's, and there.
        unsafe {
            self.settle();
            if n == known::SLOT_SET && words[2] != 0 && self.slots.place(words[2] as usize).is_none() {
                self.slots.set(words[2] as usize, read(words[2], 8));
            }
        }
    }
}
