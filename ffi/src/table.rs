//! [`Table`]: things that C knows by number: references, open buffers. A number that C makes up, or uses too late, or in another heap, finds nothing.
//!
//! ```text
//! generation (32 bits) | tag of the heap (10) | place (22)
//! ```

use crate::abi::{Status, E_HANDLE, E_HEAP, E_LIMIT, E_NOMEM};
use crate::origins::Note;
use crate::values::TAG_BITS;

const INDEX_BITS: u32 = 22;

#[derive(Debug)]
struct Entry<T> {
    generation: u32,
    item: Option<T>,
}

/// Things by their numbers.
#[derive(Debug)]
pub(crate) struct Table<T> {
    entries: Vec<Entry<T>>,
    /// Beside the entries, so that looking for one passes over none of this.
    notes: Vec<Note>,
    free: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: Vec::new(), notes: Vec::new(), free: Vec::new() }
    }
}

fn index_of(number: u64) -> usize {
    number as usize & ((1 << INDEX_BITS) - 1)
}

impl<T> Table<T> {
    /// Puts one more in, with a note of when and where; its number. It comes back, with `E_LIMIT` or `E_NOMEM`, when there is no place.
    pub(crate) fn insert(&mut self, tag: u32, note: Note, item: T) -> Result<u64, (Status, T)> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = self.entries.len();
                if index >= 1 << INDEX_BITS {
                    return Err((E_LIMIT, item));
                }
                let room = self.entries.try_reserve(1).and_then(|()| self.notes.try_reserve(1));
                if room.and_then(|()| self.free.try_reserve(index + 1)).is_err() {
                    return Err((E_NOMEM, item));
                }
                self.entries.push(Entry { generation: 1, item: None });
                self.notes.push(Note::default());
                index as u32
            }
        };
        let entry = &mut self.entries[index as usize];
        entry.item = Some(item);
        self.notes[index as usize] = note;
        Ok(u64::from(entry.generation) << 32 | u64::from(tag) << INDEX_BITS | u64::from(index))
    }

    /// What has a number, if it is good.
    #[inline(always)]
    pub(crate) fn look(&self, tag: u32, number: u64) -> Option<&T> {
        let entry = self.entries.get(index_of(number))?;
        let bits = u64::from(entry.generation) << (32 - INDEX_BITS) | u64::from(tag);
        entry.item.as_ref().filter(|_| number >> INDEX_BITS == bits)
    }

    /// As [`look`](Self::look), to change it; what is wrong with the number otherwise.
    pub(crate) fn find(&mut self, tag: u32, number: u64) -> Result<&mut T, Status> {
        let generation = (number >> 32) as u32;
        if generation == 0 {
            return Err(E_HANDLE);
        }
        if (number >> INDEX_BITS) as u32 & ((1 << TAG_BITS) - 1) != tag {
            return Err(E_HEAP);
        }
        let entry = self.entries.get_mut(index_of(number)).filter(|entry| entry.generation == generation);
        entry.and_then(|entry| entry.item.as_mut()).ok_or(E_HANDLE)
    }

    /// Takes it out.
    pub(crate) fn remove(&mut self, tag: u32, number: u64) -> Result<T, Status> {
        self.find(tag, number)?;
        let index = index_of(number);
        let entry = &mut self.entries[index];
        let item = entry.item.take().ok_or(E_HANDLE)?;
        self.notes[index] = Note::default();
        // After 2^32 uses an entry retires, so that no stale number ever fits again.
        if let Some(next) = entry.generation.checked_add(1) {
            entry.generation = next;
            self.free.push(index as u32);
        }
        Ok(item)
    }

    /// All that is in it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entries.iter().filter_map(|entry| entry.item.as_ref())
    }

    /// The same with their notes.
    pub(crate) fn noted(&self) -> impl Iterator<Item = (&Note, &T)> {
        let both = self.notes.iter().zip(&self.entries);
        both.filter_map(|(note, entry)| Some((note, entry.item.as_ref()?)))
    }
}
