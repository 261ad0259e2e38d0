//! Arguments and results, written by what the tables say of them; functions of the host are replaced by the recorder's.
//!
//! Leaves out: reading them again (`recording`). What pointers lead to is read as far as the header says that it is there.

use super::callbacks::{trampoline, Given};
use super::{regions, Recorder};
use crate::kinds::{Function, Kind, Struct, CALLS};
use crate::tables::STRUCTS;
use std::ffi::CStr;

/// A length that says that text ends with a NUL.
const STRLEN: u64 = u64::MAX;
/// Lengths beyond are mistakes, which the library refuses.
const MOST: u64 = 1 << 40;
/// Sizes that a struct may say.
const SIZES: std::ops::RangeInclusive<u64> = 8..=4096;

/// A number of so many bytes.
pub(super) unsafe fn read(at: u64, size: usize) -> u64 {
    // SAFETY: by contract; alignment is that of C.
    unsafe {
        match size {
            4 => (at as *const u32).read_unaligned().into(),
            _ => (at as *const u64).read_unaligned(),
        }
    }
}

unsafe fn bytes<'a>(at: u64, count: u64) -> &'a [u8] {
    match count {
        0 => &[],
        // SAFETY: by contract.
        _ => unsafe { std::slice::from_raw_parts(at as *const u8, count as usize) },
    }
}

/// How many items an array has; `None`: a mistake.
fn count(word: u64, times: u64) -> Option<u64> {
    match word as i64 {
        ..=0 => Some(0),
        many => Some(many as u64).filter(|many| *many < MOST / 8).map(|many| many * times),
    }
}

impl Recorder {
    /// The number of a pointer of the library's; 0 is NULL.
    pub(super) fn object(&mut self, pointer: u64) -> u64 {
        if pointer == 0 {
            return 0;
        }
        let next = self.objects.len() as u64 + 1;
        *self.objects.entry(pointer as usize).or_insert(next)
    }

    /// Something that is a word.
    pub(super) fn save_value(&mut self, kind: Kind, word: u64) {
        match kind {
            Kind::Void | Kind::Opaque | Kind::Passed | Kind::Static => {}
            Kind::I32 | Kind::Status => self.writer.signed((word as i32).into()),
            Kind::I64 => self.writer.signed(word as i64),
            Kind::U32 => self.writer.number(word as u32 as u64),
            Kind::F64 => self.writer.word(word),
            Kind::Val => self.writer.val(word),
            Kind::Object(_) => {
                let number = self.object(word);
                self.writer.number(number);
            }
            Kind::Word => self.writer.number((word != 0).into()),
            Kind::Payload => {
                let number = self.slots.payload(word as usize);
                self.writer.number(number);
            }
            Kind::Slot | Kind::Slots(_) => self.save_slot(word as usize),
            _ => self.writer.number(word),
        }
    }

    fn save_slot(&mut self, at: usize) {
        match (at, self.slots.place(at)) {
            (0, _) => self.writer.number(0),
            (_, Some((payload, offset))) => {
                self.writer.number(1);
                self.writer.number(payload);
                self.writer.number(offset as u64);
            }
            (_, None) => {
                self.writer.number(2);
                self.writer.number(at as u64);
            }
        }
    }

    fn save_text(&mut self, at: u64, length: Option<u64>) {
        let length = match length {
            _ if at == 0 => return self.writer.number(0),
            // SAFETY: it ends with a NUL.
            None => unsafe { CStr::from_ptr(at as *const _) }.count_bytes() as u64,
            Some(length) => length,
        };
        if length > MOST || !regions::is_there(at, length) {
            return self.writer.number(2);
        }
        self.writer.number(1);
        // SAFETY: text of this length.
        self.writer.text(unsafe { bytes(at, length) });
    }

    /// Parameters or fields. Functions of the host and their `ud` are replaced; so are structs that hold such.
    pub(super) unsafe fn save_list(
        &mut self,
        items: &[(&'static str, Kind)],
        words: &mut [u64],
        copies: &mut Vec<Box<[u64]>>,
    ) {
        let given: Vec<u64> = words.to_vec();
        for (at, (_, kind)) in items.iter().enumerate() {
            match kind {
                Kind::Callback(call, _) => {
                    self.writer.number((given[at] != 0).into());
                    if given[at] != 0 {
                        words[at] = trampoline(*call);
                    }
                }
                Kind::Ud => {
                    let group = self.group(items, &given, at);
                    self.writer.number(group.as_ref().map_or(0, |group| group.number + 1));
                    if let Some(group) = group {
                        // The library may call them as long as there is a heap: they are never freed.
                        words[at] = std::ptr::from_mut(Box::leak(group)) as u64;
                    }
                }
                // SAFETY: by contract.
                _ => words[at] = unsafe { self.save(*kind, &given, at, copies) },
            }
        }
    }

    /// An argument of a function of the host.
    pub(super) unsafe fn save_given(&mut self, kind: Kind, words: &[u64], at: usize) {
        // SAFETY: by contract.
        unsafe { self.save(kind, words, at, &mut Vec::new()) };
    }

    /// The functions whose `ud` is there; `None` if there are none.
    fn group(&mut self, items: &[(&'static str, Kind)], words: &[u64], ud: usize) -> Option<Box<Given>> {
        let mut functions = [0; CALLS];
        let mut some = false;
        for (at, (_, kind)) in items.iter().enumerate() {
            if let Kind::Callback(call, with) = kind {
                if *with == ud && words[at] != 0 {
                    functions[*call as usize] = words[at] as usize;
                    some = true;
                }
            }
        }
        some.then(|| {
            let number = self.given;
            self.given += 1;
            self.regions.guard = Some(number);
            Box::new(Given { number, ud: words[ud], functions })
        })
    }

    /// An argument; what the library gets for it.
    unsafe fn save(&mut self, kind: Kind, words: &[u64], at: usize, copies: &mut Vec<Box<[u64]>>) -> u64 {
        let word = words[at];
        // SAFETY: by contract: pointers are NULL or good, and lengths are as they say.
        unsafe {
            match kind {
                Kind::Text(None) => self.save_text(word, None),
                Kind::Text(Some(len)) => self.save_text(word, Some(words[len]).filter(|len| *len != STRLEN)),
                Kind::Bytes(len) => self.save_text(word, Some(words[len])),
                Kind::Items(item, n, times) => self.save_items(*item, word, count(words[n], times)),
                Kind::Struct(of) => return self.save_structs(&STRUCTS[of], word, Some(1), copies),
                Kind::Structs(of, n) => {
                    return self.save_structs(&STRUCTS[of], word, count(words[n], 1), copies);
                }
                Kind::Room(..) | Kind::Out(_) | Kind::OutItems(_) | Kind::OutStruct(_) => {
                    self.writer.number((word != 0).into());
                }
                Kind::InOut(of) => {
                    self.writer.number((word != 0).into());
                    if word != 0 {
                        self.save_value(*of, read(word, of.size()));
                    }
                }
                Kind::InOutStruct(of) => {
                    // What it gives is not the library's to change, so there is no copy.
                    self.save_structs(&STRUCTS[of], word, Some(1), copies);
                }
                Kind::Memory(len) => self.save_memory(word, words[len]),
                _ => self.save_value(kind, word),
            }
        }
        word
    }

    unsafe fn save_items(&mut self, item: Kind, at: u64, count: Option<u64>) {
        match (at, count) {
            (0, _) => self.writer.number(0),
            (_, None) => self.writer.number(2),
            (_, Some(count)) if !regions::is_there(at, count * item.size() as u64) => self.writer.number(2),
            (_, Some(count)) => {
                self.writer.number(1);
                self.writer.number(count);
                for n in 0..count {
                    // SAFETY: by contract, so many items.
                    self.save_value(item, unsafe { read(at + n * item.size() as u64, item.size()) });
                }
            }
        }
    }

    /// Structs in a row, each as big as the first says; what the library gets for them.
    unsafe fn save_structs(
        &mut self,
        of: &Struct,
        at: u64,
        count: Option<u64>,
        copies: &mut Vec<Box<[u64]>>,
    ) -> u64 {
        let (Some(count), true) = (count, at != 0) else {
            self.writer.number(if at == 0 { 0 } else { 3 });
            return at;
        };
        if count == 0 {
            self.writer.number(3);
            return at;
        }
        let mut size = of.size as u64;
        if of.is_sized() {
            // SAFETY: by contract.
            size = unsafe { read(at, 4) };
            if !SIZES.contains(&size) {
                self.writer.number(2);
                self.writer.number(size);
                return at;
            }
        }
        if !regions::is_there(at, size * count) {
            self.writer.number(3);
            return at;
        }
        self.writer.number(1);
        self.writer.number(size);
        self.writer.number(count);
        // SAFETY: by contract, so many bytes.
        let all = unsafe { bytes(at, size * count) };
        let mut copy = vec![0_u64; all.len().div_ceil(8)].into_boxed_slice();
        let to = copy.as_mut_ptr() as u64;
        // SAFETY: the copy is as long.
        unsafe { std::ptr::copy_nonoverlapping(all.as_ptr(), to as *mut u8, all.len()) };
        let known = of.known(size as usize);
        for n in 0..count {
            let place = |at: usize| to + n * size + of.offsets[at] as u64;
            let sizes = |at: usize| of.fields[at].1.size();
            // SAFETY: fields of the copy.
            let mut words: Vec<u64> = (0..known).map(|at| unsafe { read(place(at), sizes(at)) }).collect();
            // SAFETY: by contract.
            unsafe { self.save_list(&of.fields[..known], &mut words, copies) };
            for (at, word) in words.iter().enumerate() {
                // SAFETY: as above.
                unsafe {
                    match sizes(at) {
                        4 => (place(at) as *mut u32).write_unaligned(*word as u32),
                        _ => (place(at) as *mut u64).write_unaligned(*word),
                    }
                }
            }
        }
        copies.push(copy);
        to
    }

    /// What a call has written, if it did.
    pub(super) unsafe fn save_out(
        &mut self,
        function: &Function,
        at: usize,
        kind: Kind,
        words: &[u64],
        good: Option<u64>,
    ) {
        let (to, Some(items)) = (words[at], good) else { return self.writer.number(0) };
        self.writer.number(1);
        // SAFETY: by contract: the call succeeded, so they are written.
        unsafe {
            match kind {
                Kind::Out(of) | Kind::InOut(of) => self.save_value(*of, read(to, of.size())),
                Kind::OutStruct(of) => {
                    let size = words[at + 1];
                    self.save_structs_of(&STRUCTS[of], to, size);
                }
                Kind::InOutStruct(of) => self.save_structs_of(&STRUCTS[of], to, read(to, 4)),
                Kind::OutItems(of) => self.save_items(*of, to, Some(items)),
                Kind::Room(cap, is_text) => {
                    let filled = match (function.result, is_text) {
                        (Kind::I64, true) => items.min(words[cap].saturating_sub(1)),
                        (Kind::I64, false) if items <= words[cap] => words[cap],
                        _ => 0,
                    };
                    self.writer.text(bytes(to, filled.min(MOST)));
                }
                _ => {}
            }
        }
    }

    /// A struct that was written: its fields.
    unsafe fn save_structs_of(&mut self, of: &Struct, at: u64, size: u64) {
        let known = of.known(size.min(4096) as usize);
        self.writer.number(known as u64);
        for (field, (_, kind)) in of.fields[..known].iter().enumerate() {
            // SAFETY: by contract.
            let word = unsafe { read(at + of.offsets[field] as u64, kind.size()) };
            match kind {
                // The library's pointers, and such as the host has given it.
                Kind::Text(_) | Kind::Structs(..) | Kind::Items(..) | Kind::Callback(..) | Kind::Ud => {}
                _ => self.save_value(*kind, word),
            }
        }
    }

    unsafe fn save_memory(&mut self, at: u64, len: u64) {
        let number = self.regions.next();
        if at == 0 {
            return self.writer.number(0);
        }
        let content = regions::safe_read(at as usize, len);
        self.writer.number(1);
        self.writer.number(number);
        self.writer.text(&content);
        self.regions.pending(content);
    }
}
