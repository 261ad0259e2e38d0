//! [`Table`]: things that C knows by number: references, open buffers. A number that C makes up, or uses too late, or in another heap, finds nothing.
//!
//! ```text
//! generation (32 bits) | tag of the heap (10) | place (22)
//! ```

use crate::abi::{Status, E_HANDLE, E_HEAP, E_LIMIT, E_NOMEM};
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
    /// When each was made. Beside the entries, so that looking for one passes over none of this.
    serials: Vec<u64>,
    free: Vec<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { entries: Vec::new(), serials: Vec::new(), free: Vec::new() }
    }
}

fn index_of(number: u64) -> usize {
    number as usize & ((1 << INDEX_BITS) - 1)
}

impl<T> Table<T> {
    /// Puts one more in, with a serial number; its own. It comes back, with `E_LIMIT` or `E_NOMEM`, when there is no place.
    pub(crate) fn insert(&mut self, tag: u32, serial: u64, item: T) -> Result<u64, (Status, T)> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = self.entries.len();
                if index >= 1 << INDEX_BITS {
                    return Err((E_LIMIT, item));
                }
                let room = self.entries.try_reserve(1).and_then(|()| self.serials.try_reserve(1));
                if room.and_then(|()| self.free.try_reserve(index + 1)).is_err() {
                    return Err((E_NOMEM, item));
                }
                self.entries.push(Entry { generation: 1, item: None });
                self.serials.push(0);
                index as u32
            }
        };
        let entry = &mut self.entries[index as usize];
        entry.item = Some(item);
        self.serials[index as usize] = serial;
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

    /// The serial number of what has a number, if that is good.
    pub(crate) fn serial(&self, tag: u32, number: u64) -> Option<u64> {
        self.look(tag, number).map(|_| self.serials[index_of(number)])
    }

    /// What is in it that was made since a serial number, with its own.
    pub(crate) fn since(&self, serial: u64) -> impl Iterator<Item = (u64, &T)> {
        let both = self.serials.iter().zip(&self.entries).filter(move |(made, _)| **made >= serial);
        both.filter_map(|(&made, entry)| Some((made, entry.item.as_ref()?)))
    }
}
